import { type PartyIndex, SecretBytes, Transcript } from '@keymesh/foundation';
import { SCHEMES } from '@keymesh/protocol/schemes';
import type { BlsBackend } from '@keymesh/threshold/bls';
import type { Curves } from '@keymesh/threshold/curves';
import type { MultiplicationKernel, SymmetricPrimitives } from '@keymesh/threshold/ecdsa';
import { SimulatedChain } from './chain/simulated-chain.ts';
import { PROGRESS_MS_MAX } from './checkers/progress.ts';
import type { NodeAnswer, NodeRequest } from './client/requests.ts';
import { type Signed, SigningClient, type SigningTask } from './client/signing-client.ts';
import { CLIENT, FaultyLinks } from './engine/faulty-links.ts';
import { SeededRandom } from './engine/seeded-random.ts';
import { VirtualTime } from './engine/virtual-time.ts';
import { Wiretap } from './engine/wiretap.ts';
import { History, type Recorded } from './history.ts';
import { hooksOf } from './liar/lies.ts';
import { KnownSecrets } from './member/known-secrets.ts';
import { SimulatedMember, type SimulatedMemberModules } from './member/simulated-member.ts';
import {
  type BurntPairs,
  type Committee,
  Ed25519Signer,
  type EpochInService,
  MemoryDisk,
  MemoryNetwork,
  MemoryStore,
  type PreparedScheme,
  SEALING_KEY_BYTES,
  SealedEpochStore,
  ShareSealer,
  Stock,
  StoredBurntPairs,
} from './node-parts.ts';
import { honestOf, type Outcome, steadyOf } from './outcome.ts';
import { lastFaultMs, type Plan } from './plan.ts';

const DIGEST_BYTES = 32;
/** Share of signing requests on which an attacker tries to have a preparation used twice. */
const REUSE_ATTACKS = 0.1;
/** A request that is repeated so late is forgotten by the signers. Milliseconds. */
const REPEATED_LATE_MS = 31_000;
/** How often the client looks whether an epoch is in service. Milliseconds. */
const CLIENT_POLL_MS = 1_000;

/** Implementations of the groups. The same for every run of a process. */
export interface Backends {
  readonly curves: Curves;
  readonly bls: BlsBackend;
  readonly primitives: SymmetricPrimitives;
  readonly kernel: MultiplicationKernel;
}

export interface SimulationOptions {
  readonly backends: Backends;
  /** Told of every event as it happens. */
  readonly onEvent?: (event: Recorded) => void;
  /** Changes what a member is made of: how a test plants a bug. */
  readonly plant?: (party: PartyIndex, modules: SimulatedMemberModules) => SimulatedMemberModules;
}

/** Runs one plan to its end: lock, key generation, active epoch, signatures. */
export async function simulate(plan: Plan, options: SimulationOptions): Promise<Outcome> {
  const cluster = new Cluster(plan, options);
  return cluster.run();
}

class Cluster {
  readonly #plan: Plan;
  readonly #options: SimulationOptions;
  readonly #random: SeededRandom;
  readonly #attacks: SeededRandom;
  readonly #time = new VirtualTime();
  readonly #wiretap = new Wiretap();
  readonly #secrets = new KnownSecrets(this.#wiretap);
  readonly #history: History;
  readonly #links: FaultyLinks;
  readonly #chain: SimulatedChain;
  readonly #members = new Map<PartyIndex, SimulatedMember>();
  readonly #disks: MemoryDisk[] = [];
  readonly #signatures: { task: SigningTask; signed: Signed }[] = [];
  #signaturesBegun = 0;
  #client: SigningClient | undefined;

  constructor(plan: Plan, options: SimulationOptions) {
    const time = this.#time;
    this.#plan = plan;
    this.#options = options;
    this.#random = SeededRandom.ofSeed(plan.seed);
    this.#attacks = this.#random.fork('reuse attacks');
    this.#history = new History(() => time.elapsedMs, options.onEvent);
    this.#links = new FaultyLinks(plan.links, plan.partitions, this.#random.fork('links'), () => time.elapsedMs);
    const identities = new Map(
      partiesOf(plan).map((party) => {
        const seed = this.#random.fork(`mesh identity ${party}`).source(32);
        return [party, new Ed25519Signer(new SecretBytes(seed))];
      }),
    );
    const committee = committeeOf(plan, identities);
    this.#chain = new SimulatedChain({
      clock: time,
      random: this.#random.fork('chain'),
      faults: plan.chain,
      history: this.#history,
      committee,
    });
    const network = new MemoryNetwork({
      parties: partiesOf(plan),
      clock: time,
      faults: (from, to, frame) => {
        this.#wiretap.frame(frame);
        return this.#links.deliveries(from, to);
      },
    });
    for (const [party, identity] of identities) {
      const modules = this.#modulesOf(party, identity, network, committee);
      this.#members.set(party, new SimulatedMember(party, options.plant?.(party, modules) ?? modules));
    }
  }

  async run(): Promise<Outcome> {
    const { signing, startsMs, partitions } = this.#plan;
    for (const [party, member] of this.#members) member.begin(startsMs[party - 1] as number);
    for (const { group, fromMs, untilMs } of partitions) {
      this.#time.setTimer(fromMs, () => this.#history.record({ kind: 'partition', state: 'begins', group }));
      this.#time.setTimer(untilMs, () => this.#history.record({ kind: 'partition', state: 'heals', group }));
    }
    this.#time.setTimer(CLIENT_POLL_MS, () => this.#pollAsClient());
    const limitMs = lastFaultMs(this.#plan) + PROGRESS_MS_MAX;
    const finished = await this.#time.run(limitMs, () => this.#isFinished());
    for (const member of this.#members.values()) member.lookIntoStock();
    for (const disk of this.#disks) for (const value of disk.entries.values()) this.#wiretap.frame(value);
    const serving = new Map<PartyIndex, EpochInService>();
    for (const party of honestOf(this.#plan)) {
      const epoch = this.#members.get(party)?.currentEpoch;
      if (epoch !== undefined) serving.set(party, epoch);
    }
    return {
      plan: this.#plan,
      history: this.#history,
      wiretap: this.#wiretap,
      secrets: this.#secrets.all,
      active: this.#chain.snapshot.active,
      serving,
      signatures: this.#signatures,
      signaturesWanted: signing.count,
      endedAtMs: this.#time.elapsedMs,
      finished,
    };
  }

  /** Everybody who can serve does, after the last fault, and the client has what it wanted. */
  #isFinished(): boolean {
    const { active } = this.#chain.snapshot;
    if (active === undefined || this.#signatures.length < this.#plan.signing.count) return false;
    if (this.#time.elapsedMs < lastFaultMs(this.#plan)) return false;
    return steadyOf(this.#plan)
      .filter((party) => !active.excluded.includes(party))
      .every((party) => this.#members.get(party)?.currentEpoch !== undefined);
  }

  /** The client learns the public key package from any member and holds it against the chain's result hash. */
  #pollAsClient(): void {
    const { active } = this.#chain.snapshot;
    const epoch = [...this.#members.values()]
      .map((member) => member.currentEpoch)
      .find((served) => served !== undefined);
    if (active === undefined || epoch === undefined) {
      this.#time.setTimer(CLIENT_POLL_MS, () => this.#pollAsClient());
      return;
    }
    const owner = `0x${'c1'.repeat(20)}`;
    this.#client = new SigningClient(owner, epoch.publicKeyPackage, {
      clock: this.#time,
      random: this.#random.fork('client'),
      curves: this.#options.backends.curves,
      otherSigners: this.#plan.signing.otherSigners,
      ask: (party, request, answered) => this.#ask(party, request, answered),
      observe: (signature, what) => this.#history.record({ kind: 'client', signature, what }),
    });
    for (let i = 0; i < this.#plan.signing.atOnce; i++) this.#signNext();
  }

  #signNext(): void {
    const { count, pauseMaxMs, schemes } = this.#plan.signing;
    const number = this.#signaturesBegun;
    if (number >= count) return;
    this.#signaturesBegun += 1;
    const random = this.#random.fork(`task ${number}`);
    const scheme = schemes[number] ?? random.pick(schemes);
    const length = isEcdsa(scheme) ? DIGEST_BYTES : random.integer(0, 100);
    const task = { number: number + 1, scheme, keyId: random.source(32), message: random.source(length) };
    this.#time.setTimer(random.integer(0, pauseMaxMs), () =>
      this.#client?.sign(task, (signed) => {
        this.#signatures.push({ task, signed });
        const { rollback } = this.#plan;
        if (rollback?.afterSignatures === this.#signatures.length) {
          this.#members.get(rollback.party)?.rollBack(rollback.downMs);
        }
        this.#signNext();
      }),
    );
  }

  /**
   * Somebody who holds the client's wallet asks for something else under the same request id, or for the same again when
   * the signers have forgotten it.
   */
  #attackReuse(party: PartyIndex, request: NodeRequest): void {
    if (!this.#attacks.chance(REUSE_ATTACKS)) return;
    const repeats = this.#attacks.chance(0.3);
    const { scheme, message } = request;
    const other = isEcdsa(scheme) ? 'ad'.repeat(DIGEST_BYTES) : `${message}00`;
    const asked = repeats ? request : { ...request, message: other };
    const delayMs = repeats ? REPEATED_LATE_MS : this.#attacks.integer(0, 100);
    this.#time.setTimer(delayMs, () => this.#members.get(party)?.answer(asked, () => {}));
  }

  #ask(party: PartyIndex, request: NodeRequest, answered: (answer: NodeAnswer) => boolean): void {
    this.#wiretap.value(request);
    this.#attackReuse(party, request);
    for (const thereMs of this.#links.requestDeliveries(CLIENT, party)) {
      this.#time.setTimer(thereMs, () => {
        this.#members.get(party)?.answer(request, (answer, lie) => {
          this.#wiretap.value(answer);
          for (const backMs of this.#links.requestDeliveries(party, CLIENT)) {
            this.#time.setTimer(backMs, () => {
              const inTime = answered(answer);
              if (inTime && lie !== undefined) this.#history.record({ kind: 'lie-arrived', party, lie });
            });
          }
        });
      });
    }
  }

  #modulesOf(
    party: PartyIndex,
    identity: Ed25519Signer,
    network: MemoryNetwork,
    committee: Committee,
  ): SimulatedMemberModules {
    const { liar, crashes, partyCount, signing } = this.#plan;
    const random = this.#random.fork(`member ${party}`);
    const disk = new MemoryDisk();
    this.#disks.push(disk);
    let opened = 0;
    let stock: Stock | undefined;
    const lies =
      liar?.party !== party
        ? []
        : hooksOf(liar.lies, (lie) => ({
            self: party,
            partyCount,
            identity,
            clock: this.#time,
            stock: () => stock,
            random: random.fork(`lie ${lie}`),
            randomSource: random.fork(`lie bytes ${lie}`).source,
            told: (executionId, mustBeNamedBy) =>
              this.#history.record({ kind: 'lie', party, lie, executionId: hex(executionId), mustBeNamedBy }),
          }));
    return {
      ...this.#options.backends,
      time: this.#time,
      network,
      chain: this.#chain,
      history: this.#history,
      wiretap: this.#wiretap,
      random,
      committee,
      disk,
      openBurntPairs: () =>
        signing.schemes.some(isEcdsa) ? new StoredBurntPairs(new MemoryStore(disk)) : allBurnt(partyCount),
      createStock: () => {
        stock = new Stock();
        return stock;
      },
      watermarks: signing.watermarks,
      secrets: liar?.party === party ? undefined : this.#secrets,
      openStore: () =>
        new SealedEpochStore({
          store: new MemoryStore(disk),
          sealer: new ShareSealer(new SecretBytes(random.fork('sealing key').source(SEALING_KEY_BYTES)), {
            random: random.fork(`sealing ${++opened}`).source,
          }),
          curves: this.#options.backends.curves,
        }),
      identity,
      crashes: crashes.filter((crash) => crash.party === party),
      lies,
    };
  }
}

function isEcdsa(scheme: PreparedScheme): boolean {
  return SCHEMES[scheme].kind === 'ecdsa';
}

/** Without ECDSA no pair makes the set-up, which is what costs time. */
function allBurnt(partyCount: number): BurntPairs {
  const everybody = Array.from({ length: partyCount }, (_, i) => i + 1);
  return { ofEpoch: () => everybody, record: () => {} };
}

function partiesOf({ partyCount }: Plan): PartyIndex[] {
  return Array.from({ length: partyCount }, (_, i) => i + 1);
}

function committeeOf({ threshold }: Plan, identities: ReadonlyMap<PartyIndex, Ed25519Signer>): Committee {
  const members = [...identities].map(([party, { publicKey }]) => ({
    party,
    nodeAddress: `0x${hex(new Transcript('simulation/v1/address').append('identity', publicKey).digest()).slice(0, 40)}`,
    meshIdentity: publicKey,
    // Nothing here is sealed.
    sealingKey: new Uint8Array(32).fill(party),
    endpoint: `http://party-${party}.test`,
    meshEndpoint: `party-${party}.test:7000`,
  }));
  return { epoch: 1, threshold, members };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
