import { KeymeshError, type PartyIndex, SecretBytes, Transcript, toHex } from '@keymesh/foundation';
import { ROOT_KEY_NAMES, type Step } from '@keymesh/threshold';
import { nobleCurves } from '@keymesh/threshold/curves';
import type {
  KeyGeneration,
  KeyGenerationCandidate,
  KeyGenerationOutput,
  KeyGenerationParameters,
} from '@keymesh/threshold/dkg';
import type { Broadcast } from '../../src/broadcast/broadcast.ts';
import type {
  ActiveEpoch,
  ChainSnapshot,
  Committee,
  EpochTransactions,
  PendingKeyGeneration,
} from '../../src/chain/chain.ts';
import { EpochCoordinator } from '../../src/epochs/epoch-coordinator.ts';
import type { EpochShares, EpochStore } from '../../src/epochs/epoch-shares.ts';
import type { EpochEvent } from '../../src/epochs/events.ts';
import { ManualClock } from './manual-clock.ts';

export const SELF: PartyIndex = 1;
const address = (party: PartyIndex): string => `0x${party.toString(16).padStart(40, '0')}`;

/** Four members, t = 3. */
export const committee: Committee = {
  epoch: 1,
  threshold: 3,
  members: [1, 2, 3, 4].map((party) => ({
    party,
    nodeAddress: address(party),
    meshIdentity: new Uint8Array(32).fill(party),
    sealingKey: new Uint8Array(32).fill(party + 100),
    endpoint: `http://127.0.0.1:${7000 + party}`,
    meshEndpoint: `127.0.0.1:${8000 + party}`,
  })),
};

let block = 0n;

export function snapshot(
  of: { pending?: Partial<PendingKeyGeneration>; active?: Partial<ActiveEpoch> & { resultHash: Uint8Array } },
  number: bigint = ++block,
): ChainSnapshot {
  const { pending, active } = of;
  return {
    block: { number, hash: `0x${number}` },
    chainId: 31337,
    staking: `0x${'5a'.repeat(20)}`,
    pending: pending && {
      committee,
      attempt: 0,
      excluded: [],
      retryVoters: [],
      resultVoters: [],
      ready: false,
      ...pending,
    },
    active: active && { committee, attempt: 0, excluded: [], rootKeys: [], ...active },
  };
}

/** What survives a restart of the member under test, and a log of the order in which things became durable. */
export class StoreUnderTest implements EpochStore {
  readonly joined = new Set<string>();
  kept: EpochShares[] = [];
  failing = false;
  readonly #log: string[];

  constructor(log: string[]) {
    this.#log = log;
  }

  hasJoined(executionId: Uint8Array): boolean {
    return this.joined.has(toHex(executionId));
  }
  recordJoined(executionId: Uint8Array): void {
    this.#assertWorking();
    this.joined.add(toHex(executionId));
    this.#log.push('joined');
  }
  loadShares(): readonly EpochShares[] {
    return this.kept.map(copyOf);
  }
  saveShares(shares: EpochShares): void {
    this.#assertWorking();
    this.kept.push(copyOf(shares));
    this.#log.push(`saved ${shares.attempt}`);
  }
  activateShares(executionId: Uint8Array): void {
    this.#assertWorking();
    this.kept = this.kept.filter((shares) => toHex(shares.executionId) === toHex(executionId));
    this.joined.clear();
    this.#log.push('activated');
  }

  #assertWorking(): void {
    if (this.failing) throw new KeymeshError('The disk is full.', { code: 'store/unavailable', fault: 'environment' });
  }
}

function copyOf(shares: EpochShares): EpochShares {
  const copies = shares.shares.map(({ name, share }) => ({
    name,
    share: share.expose((bytes) => new SecretBytes(bytes.slice())),
  }));
  return { ...shares, shares: copies };
}

/** A key generation of one round whose result depends on the execution alone. */
class ScriptedKeyGeneration implements KeyGeneration {
  candidate: KeyGenerationCandidate | undefined;
  readonly #parameters: KeyGenerationParameters;
  readonly #heard = new Set<PartyIndex>();
  #sent = false;
  failure: KeymeshError | undefined;
  abandoned = false;

  constructor(parameters: KeyGenerationParameters) {
    this.#parameters = parameters;
  }
  poke(): Step<KeyGenerationOutput> {
    if (this.failure !== undefined) throw this.failure;
    if (!this.#sent) {
      this.#sent = true;
      return { kind: 'send', to: 'all', reliable: true, round: 1, body: Uint8Array.of(this.#parameters.self) };
    }
    const missing = this.#parameters.participants.filter(
      (party) => party !== this.#parameters.self && !this.#heard.has(party),
    );
    if (missing.length > 0) return { kind: 'wait', round: 1, missing };
    return { kind: 'done', output: outputOf(this.#parameters.executionId) };
  }
  receive(from: PartyIndex, _round: number, body: Uint8Array): void {
    if (body[0] === 0xff) {
      this.failure = new KeymeshError('Proven.', { code: 'dkg/test', fault: 'peer', culprits: [from] });
      throw this.failure;
    }
    this.#heard.add(from);
  }
  abandon(): void {
    this.abandoned = true;
  }
}

export function outputOf(executionId: Uint8Array): KeyGenerationOutput {
  return {
    publicKeyPackage: {
      partyCount: 4,
      threshold: 3,
      roots: ROOT_KEY_NAMES.map((name, i) => ({ name, commitments: [Uint8Array.of(i + 1)] })),
    },
    shares: ROOT_KEY_NAMES.map((name) => ({ name, share: new SecretBytes(new Uint8Array(32).fill(7)) })),
    qualified: [1, 2, 3, 4],
    convicted: [],
    convictions: [],
    transcriptDigest: new Uint8Array(32).fill(3),
    resultHash: new Transcript('test/result').append('execution', executionId).digest(),
  };
}

export class BroadcastUnderTest implements Broadcast {
  readonly executionId: Uint8Array;
  readonly participants: readonly PartyIndex[];
  closed = false;
  deliver: (author: PartyIndex, round: number, body: Uint8Array) => void = () => {};
  equivocate: (author: PartyIndex, round: number) => void = () => {};
  readonly #log: string[];

  constructor(executionId: Uint8Array, participants: readonly PartyIndex[], log: string[]) {
    this.executionId = executionId;
    this.participants = participants;
    this.#log = log;
  }
  publish(round: number): void {
    this.#log.push(`published ${round}`);
  }
  onDeliver(handler: (author: PartyIndex, round: number, body: Uint8Array) => void): void {
    this.deliver = handler;
  }
  onEquivocation(handler: (author: PartyIndex, round: number) => void): void {
    this.equivocate = handler;
  }
  close(): void {
    this.closed = true;
  }
}

/** One member with everything around it under the test's control. `boot` restarts it: memory is lost, the store stays. */
export class MemberUnderTest {
  readonly clock = new ManualClock();
  readonly log: string[] = [];
  readonly store = new StoreUnderTest(this.log);
  readonly events: EpochEvent[] = [];
  broadcasts: BroadcastUnderTest[] = [];
  retryVotes: { attempt: number; blamed: readonly PartyIndex[] }[] = [];
  resultVotes: { attempt: number; resultHash: Uint8Array }[] = [];
  advances = 0;
  /** Whether the runs have a result before their message leaves, as a real one has before its last. */
  vouches = false;
  transactionError: KeymeshError | undefined;
  coordinator: EpochCoordinator;

  constructor(self: PartyIndex = SELF) {
    this.coordinator = this.boot(self);
  }

  boot(self: PartyIndex = SELF): EpochCoordinator {
    this.coordinator?.stop();
    this.broadcasts = [];
    this.coordinator = new EpochCoordinator(
      { nodeAddress: address(self) },
      {
        clock: this.clock,
        random: (length) => new Uint8Array(length),
        curves: nobleCurves,
        store: this.store,
        transactions: this.#transactions(),
        openBroadcast: (executionId, participants) => {
          const broadcast = new BroadcastUnderTest(executionId, participants, this.log);
          this.broadcasts.push(broadcast);
          return broadcast;
        },
        createKeyGeneration: (parameters) => {
          const protocol = new ScriptedKeyGeneration(parameters);
          if (this.vouches) protocol.candidate = outputOf(parameters.executionId);
          return protocol;
        },
        observe: (event) => this.events.push(event),
      },
    );
    return this.coordinator;
  }

  /** Lets the run finish: the other participants' messages arrive. */
  finishRun(): void {
    const broadcast = this.broadcast;
    for (const party of broadcast.participants) if (party !== SELF) broadcast.deliver(party, 1, Uint8Array.of(party));
  }

  get broadcast(): BroadcastUnderTest {
    return this.broadcasts.at(-1) as BroadcastUnderTest;
  }

  seen(kind: EpochEvent['kind']): EpochEvent[] {
    return this.events.filter((event) => event.kind === kind);
  }

  #transactions(): EpochTransactions {
    const send = async (what: string, count: () => void): Promise<void> => {
      this.log.push(what);
      if (this.transactionError !== undefined) throw this.transactionError;
      count();
    };
    return {
      voteKeyGeneration: (vote) => send(`vote result ${vote.attempt}`, () => this.resultVotes.push(vote)),
      voteRetry: (vote) => send(`vote retry ${vote.attempt}`, () => this.retryVotes.push(vote)),
      advanceEpoch: () =>
        send('advance', () => {
          this.advances += 1;
        }),
    };
  }
}
