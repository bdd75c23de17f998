import type { PartyIndex } from '@keymesh/foundation';
import { SeededRandom } from './engine/seeded-random.ts';
import { LIES, type LieName } from './liar/lies.ts';
import type { PreparedScheme } from './node-parts.ts';

/** A member is killed and comes back with its store and nothing else. Milliseconds since the start. */
export interface Crash {
  readonly party: PartyIndex;
  /** `time`: whenever that is. `before-commit`, `after-commit`: inside the next durable write after that time. */
  readonly at: 'time' | 'before-commit' | 'after-commit';
  readonly fromMs: number;
  readonly downMs: number;
}

/** A member is killed while the client signs and comes back with an older copy of its disk. */
export interface Rollback {
  readonly party: PartyIndex;
  /** When the client has so many signatures. */
  readonly afterSignatures: number;
  readonly downMs: number;
}

/** What the client does, and how much is prepared for it. */
export interface SigningPlan {
  /** Signatures that the client wants. */
  readonly count: number;
  /** So many at a time. */
  readonly atOnce: number;
  /** Probability that a signature begins with other signers than the last: those have no stock yet. */
  readonly otherSigners: number;
  /** Before each signature. Milliseconds. */
  readonly pauseMaxMs: number;
  /** Each is signed with once, then any. ECDSA is rare: its set-up costs seconds of real time in large committees. */
  readonly schemes: readonly PreparedScheme[];
  readonly watermarks: { readonly low: number; readonly high: number };
}

/** Members inside the group reach each other and nobody else. */
export interface Partition {
  readonly group: readonly PartyIndex[];
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What the network does to each frame, and clients' requests alike. */
export interface LinkFaults {
  /** Probability that a frame is lost. */
  readonly loss: number;
  readonly duplication: number;
  readonly delayMinMs: number;
  readonly delayMaxMs: number;
  /** Probability of `slowMs` more, which reorders frames. */
  readonly slow: number;
  readonly slowMs: number;
}

export interface ChainFaults {
  readonly blockMs: number;
  /** Blocks after which members see a block, drawn anew for each member and block: up to so many milliseconds. */
  readonly observeDelayMaxMs: number;
  /** Probability that a member never sees a given block. */
  readonly missedBlock: number;
  /** Probability that sending a transaction fails; half of those are mined nevertheless. */
  readonly failedTransaction: number;
}

/** Everything that is decided before a simulation starts. A function of the seed. */
export interface Plan {
  readonly seed: number;
  readonly partyCount: number;
  readonly threshold: number;
  /**
   * At most n − t parties: the liar, those that crash or whose disk is rolled back, and those that are cut off for longer
   * than a round.
   */
  readonly faulty: readonly PartyIndex[];
  readonly liar: { readonly party: PartyIndex; readonly lies: readonly LieName[] } | undefined;
  readonly crashes: readonly Crash[];
  readonly partitions: readonly Partition[];
  readonly links: LinkFaults;
  readonly chain: ChainFaults;
  /** When each member's process starts for the first time; the set is locked at time 0. */
  readonly startsMs: readonly number[];
  readonly rollback: Rollback | undefined;
  readonly signing: SigningPlan;
}

/** Crashes, late starts and partitions begin within this time. Milliseconds. */
const FAULTS_BEGIN_WITHIN_MS = 60_000;
/** Late start and short partition together stay well below the time of a round. Milliseconds. */
const START_MS_MAX = 4_000;
const SHORT_PARTITION_MS_MAX = 6_000;

export const FROST_SCHEMES: readonly PreparedScheme[] = [
  'SchnorrEd25519Sha512',
  'SchnorrK256Sha256',
  'SchnorrK256Taproot',
];
export const ECDSA_SCHEMES: readonly PreparedScheme[] = ['EcdsaK256Sha256'];
/** Committees of so many are given ECDSA, and so much of them. */
const ECDSA_PARTIES_MAX = 4;
const ECDSA_SHARE = 0.3;

/** Draws a plan. The largest network is 7 because a simulation is about order of events, not about size. */
export function planOf(seed: number): Plan {
  const random = SeededRandom.ofSeed(seed).fork('plan');
  const partyCount = random.integer(4, 7);
  const threshold = Math.ceil((2 * partyCount) / 3);
  const parties = Array.from({ length: partyCount }, (_, i) => i + 1);
  const faulty = random.sample(parties, random.integer(0, partyCount - threshold)).sort((a, b) => a - b);
  const liar = faulty.length > 0 && random.chance(0.75) ? random.pick(faulty) : undefined;
  const blackout = faulty.length === 0 && random.chance(0.3);
  return {
    seed,
    partyCount,
    threshold,
    faulty,
    liar:
      liar === undefined
        ? undefined
        : { party: liar, lies: random.sample(Object.keys(LIES) as LieName[], random.integer(1, 3)) },
    crashes: blackout
      ? drawBlackout(random.fork('blackout'), parties)
      : drawCrashes(random.fork('crashes'), faulty, liar),
    partitions: drawPartitions(random.fork('partitions'), parties, faulty),
    links: drawLinks(random.fork('links')),
    chain: {
      blockMs: 2_000,
      observeDelayMaxMs: random.pick([100, 2_000, 5_000]),
      missedBlock: random.pick([0, 0.1, 0.4]),
      failedTransaction: random.pick([0, 0.05, 0.3]),
    },
    startsMs: parties.map(() => random.pick([0, 0, random.integer(0, START_MS_MAX)])),
    rollback: drawRollback(random.fork('rollback'), faulty, liar),
    signing: drawSigning(random.fork('signing'), partyCount),
  };
}

function drawRollback(
  random: SeededRandom,
  faulty: readonly PartyIndex[],
  liar: PartyIndex | undefined,
): Rollback | undefined {
  const candidates = faulty.filter((party) => party !== liar);
  if (candidates.length === 0 || random.chance(0.6)) return undefined;
  return {
    party: random.pick(candidates),
    afterSignatures: random.integer(1, FROST_SCHEMES.length),
    downMs: random.pick([200, 3_000]),
  };
}

function drawSigning(random: SeededRandom, partyCount: number): SigningPlan {
  const hasEcdsa = partyCount <= ECDSA_PARTIES_MAX && random.chance(ECDSA_SHARE);
  const schemes = hasEcdsa ? [...ECDSA_SCHEMES, ...FROST_SCHEMES] : FROST_SCHEMES;
  return {
    // Each scheme once, and some again, from the stock.
    count: schemes.length + random.integer(1, 3),
    atOnce: random.pick([1, 1, 2]),
    otherSigners: random.pick([0, 0.4, 1]),
    pauseMaxMs: random.pick([0, 1_000, 10_000]),
    schemes,
    watermarks: random.pick([
      { low: 0, high: 0 },
      { low: 2, high: 4 },
    ]),
  };
}

function drawCrashes(random: SeededRandom, faulty: readonly PartyIndex[], liar: PartyIndex | undefined): Crash[] {
  return faulty.flatMap((party) => {
    if (party === liar && random.chance(0.8)) return [];
    return Array.from({ length: random.integer(1, 3) }, () => ({
      party,
      at: random.pick(['time', 'before-commit', 'after-commit'] as const),
      fromMs: random.integer(0, FAULTS_BEGIN_WITHIN_MS / random.pick([1, 10])),
      downMs: random.pick([500, 5_000, 40_000]),
    }));
  });
}

/** Everybody is killed at nearly the same time. Only drawn when nobody else is faulty. */
function drawBlackout(random: SeededRandom, parties: readonly PartyIndex[]): Crash[] {
  const fromMs = random.integer(0, 15_000);
  return parties.map((party) => ({
    party,
    at: random.pick(['time', 'before-commit', 'after-commit'] as const),
    fromMs: fromMs + random.integer(0, 500),
    downMs: random.integer(200, 5_000),
  }));
}

/**
 * A member that is cut off for longer than a round is excluded from key generation and then holds no share, so it
 * counts as faulty: long partitions hit only those that are. Short ones hit anybody.
 */
function drawPartitions(
  random: SeededRandom,
  parties: readonly PartyIndex[],
  faulty: readonly PartyIndex[],
): Partition[] {
  const partitions: Partition[] = [];
  const add = (group: readonly PartyIndex[], lastsMs: number): void => {
    const fromMs = random.integer(0, FAULTS_BEGIN_WITHIN_MS / random.pick([1, 6]));
    partitions.push({ group: [...group].sort((a, b) => a - b), fromMs, untilMs: fromMs + lastsMs });
  };
  if (random.chance(0.5)) {
    add(
      random.sample(parties, random.integer(1, Math.floor(parties.length / 2))),
      random.integer(500, SHORT_PARTITION_MS_MAX),
    );
  }
  if (faulty.length > 0 && random.chance(0.3)) add(random.sample(faulty, random.integer(1, faulty.length)), 45_000);
  return partitions;
}

function drawLinks(random: SeededRandom): LinkFaults {
  const delayMinMs = random.integer(1, 40);
  return {
    loss: random.pick([0, 0.02, 0.2]),
    duplication: random.pick([0, 0.05, 0.3]),
    delayMinMs,
    delayMaxMs: delayMinMs + random.pick([0, 20, 200]),
    slow: random.pick([0, 0.02, 0.1]),
    slowMs: random.integer(200, 2_000),
  };
}

/** When the last planned fault is over: everybody has started, is back and is connected. Milliseconds. */
export function lastFaultMs({ crashes, partitions, startsMs }: Plan): number {
  // A crash inside a write waits for a write, which comes soon after or never.
  const back = crashes.map(({ fromMs, downMs }) => fromMs + downMs);
  return Math.max(0, ...back, ...partitions.map(({ untilMs }) => untilMs), ...startsMs);
}
