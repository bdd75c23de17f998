import type { PartyIndex } from '@keymesh/foundation';
import type { BlsBackend } from '@keymesh/threshold/bls';
import type { Curves } from '@keymesh/threshold/curves';
import { createKeyGeneration, type KeyGeneration, type KeyGenerationParameters, ROUND } from '@keymesh/threshold/dkg';
import type { MultiplicationKernel, SymmetricPrimitives } from '@keymesh/threshold/ecdsa';
import type { SimulatedChain } from '../chain/simulated-chain.ts';
import type { NodeAnswer, NodeRequest } from '../client/requests.ts';
import type { SeededRandom } from '../engine/seeded-random.ts';
import type { VirtualTime } from '../engine/virtual-time.ts';
import type { Wiretap } from '../engine/wiretap.ts';
import type { History } from '../history.ts';
import type { LieHooks } from '../liar/lie.ts';
import type { LieName } from '../liar/lies.ts';
import {
  BroadcastRouter,
  type BurntPairs,
  type Committee,
  Courier,
  createServingEpoch,
  type Ed25519Signer,
  EpochCoordinator,
  type EpochInService,
  type EpochStore,
  type EpochTimes,
  type EpochTransactions,
  type MemoryDisk,
  type MemoryNetwork,
  type Messenger,
  type Stock,
  verifyEd25519,
  type Watermarks,
} from '../node-parts.ts';
import type { Crash } from '../plan.ts';
import { CrashingBurntPairs, CrashingStore, type CrashPoint } from './crashing-store.ts';
import type { KnownSecrets } from './known-secrets.ts';
import { ProcessLife } from './process-life.ts';
import { SigningSide } from './signing-side.ts';

export interface SimulatedMemberModules {
  readonly time: VirtualTime;
  readonly network: MemoryNetwork;
  readonly chain: SimulatedChain;
  readonly history: History;
  readonly wiretap: Wiretap;
  readonly random: SeededRandom;
  readonly curves: Curves;
  readonly bls: BlsBackend;
  readonly primitives: SymmetricPrimitives;
  readonly kernel: MultiplicationKernel;
  readonly committee: Committee;
  readonly disk: MemoryDisk;
  /** What a process finds when it starts: all that was committed before, and nothing else. */
  readonly openStore: () => EpochStore;
  /** The same for the pairs that are burnt. */
  readonly openBurntPairs: () => BurntPairs;
  /** A process begins with no preparations. */
  readonly createStock: () => Stock;
  readonly watermarks: Watermarks;
  /** Undefined for a liar. */
  readonly secrets: KnownSecrets | undefined;
  /** The mesh identity. */
  readonly identity: Ed25519Signer;
  readonly crashes: readonly Crash[];
  readonly lies: readonly { readonly lie: LieName; readonly hooks: LieHooks }[];
  /** Other times than the defaults: how a test plants an impatient member. */
  readonly times?: EpochTimes;
}

interface Process {
  readonly life: ProcessLife;
  readonly coordinator: EpochCoordinator;
  readonly signing: SigningSide;
}

/** One member: a disk, and one process after another on it, each wired as the composition root wires a node. */
export class SimulatedMember {
  readonly party: PartyIndex;
  readonly #modules: SimulatedMemberModules;
  readonly #crashes: Crash[];
  #process: Process | undefined;
  #boots = 0;
  /** The disk as it was when the epoch came into service here. */
  #oldDisk: ReadonlyMap<string, Uint8Array> | undefined;

  constructor(party: PartyIndex, modules: SimulatedMemberModules) {
    this.party = party;
    this.#modules = modules;
    this.#crashes = [...modules.crashes].sort((a, b) => a.fromMs - b.fromMs);
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  get currentEpoch(): EpochInService | undefined {
    return this.#process?.coordinator.currentEpoch();
  }

  /** Starts the process for the first time, and sets the timers of the planned crashes. */
  begin(startMs: number): void {
    const { time } = this.#modules;
    time.setTimer(startMs, () => this.#start());
    for (const crash of this.#crashes) {
      if (crash.at === 'time') time.setTimer(Math.max(crash.fromMs, startMs + 1), () => this.#crash(crash.downMs));
    }
  }

  /**
   * A request arrives. `reply` is called with what the process answers, unless it is down or keeps silent.
   * @param reply `lie`: what made the answer false.
   */
  answer(request: NodeRequest, reply: (answer: NodeAnswer, lie: LieName | undefined) => void): void {
    const process = this.#process;
    if (process === undefined) return;
    void process.life.answer(process.signing.answer(request)).then((honest) => {
      let answer: NodeAnswer | undefined = honest;
      let told: LieName | undefined;
      for (const { lie, hooks } of this.#modules.lies) {
        if (answer === undefined || hooks.answer === undefined) continue;
        const changed: NodeAnswer | undefined = hooks.answer(request, answer);
        if (changed !== answer && hooks.isProvable !== false) told = lie;
        answer = changed;
      }
      if (answer !== undefined) reply(answer, told);
    });
  }

  /** For the last time, when a simulation ends. */
  lookIntoStock(): void {
    this.#process?.signing.lookIntoStock();
  }

  /** Killed; comes back with the disk of the time when it began to serve the epoch. Nothing if it never did. */
  rollBack(downMs: number): void {
    const { disk, history } = this.#modules;
    if (this.#oldDisk === undefined || this.#process === undefined) return;
    this.#crash(downMs);
    disk.entries.clear();
    for (const [name, value] of this.#oldDisk) disk.entries.set(name, value.slice());
    history.record({ kind: 'disk-rolled-back', party: this.party });
  }

  #start(): void {
    const { time, network, chain, history, random, curves, committee, openStore, lies, identity } = this.#modules;
    this.#boots += 1;
    const life = new ProcessLife(time);
    const clock = life.clock;
    const source = random.fork(`boot ${this.#boots}`).source;
    history.record({ kind: 'started', party: this.party });
    const transport = network.open(this.party);
    const courier = new Courier({ transport, clock, random: source });
    const messenger = lies.reduce((inner, { hooks }) => hooks.messenger?.(inner) ?? inner, courier as Messenger);
    const router = new BroadcastRouter({ messenger, sign: (digest) => identity.sign(digest) });
    const store = new CrashingStore(openStore(), () => this.#takeCrashPoint());
    const coordinator = new EpochCoordinator(
      {
        nodeAddress: committee.members[this.party - 1]?.nodeAddress as string,
        times: this.#modules.times ?? {},
      },
      {
        clock,
        random: source,
        curves,
        store,
        transactions: this.#transactions(life),
        openBroadcast: (executionId, participants, { members }) =>
          router.open({
            executionId,
            participants,
            rounds: ROUND.confirm,
            verify: (party, digest, signature) =>
              verifyEd25519(members[party - 1]?.meshIdentity as Uint8Array, digest, signature),
          }),
        createKeyGeneration: (parameters) => this.#createKeyGeneration(parameters),
        observe: (event) => {
          if (!life.isAlive) return;
          this.#modules.wiretap.value(event);
          history.record({ kind: 'member', party: this.party, event });
        },
      },
    );
    const signing = this.#createSigningSide(life);
    signing.join(guarded(messenger, life), courier.bootId);
    this.#process = { life, coordinator, signing };
    coordinator.onEpochChange((epoch) => {
      this.#oldDisk ??= new Map(this.#modules.disk.entries);
      signing.begin(epoch, createServingEpoch(epoch, curves));
      history.record({ kind: 'epoch-in-service', party: this.party });
    });
    courier.onPeerBoot((peer, boot, previous) => life.guard(() => coordinator.onPeerBoot(peer, boot, previous)));
    transport.start();
    courier.start();
    chain.observe(this.party, (snapshot) => life.guard(() => coordinator.onSnapshot(snapshot)));
  }

  #createSigningSide(life: ProcessLife): SigningSide {
    const { random, curves, bls, primitives, kernel, openBurntPairs, createStock, watermarks, history, secrets } =
      this.#modules;
    return new SigningSide({
      ...{ party: this.party, life, random: random.fork(`signing ${this.#boots}`), curves, bls, primitives, kernel },
      burntPairs: new CrashingBurntPairs(openBurntPairs(), () => this.#takeCrashPoint()),
      ...{ stock: createStock(), watermarks, history, secrets },
    });
  }

  /** A planned crash inside a write happens in the first write after its time. */
  #takeCrashPoint(): { readonly at: CrashPoint; readonly kill: () => void } | undefined {
    const { elapsedMs } = this.#modules.time;
    const index = this.#crashes.findIndex(({ at, fromMs }) => at !== 'time' && fromMs <= elapsedMs);
    const crash = this.#crashes[index];
    if (crash === undefined || crash.at === 'time') return undefined;
    this.#crashes.splice(index, 1);
    return { at: crash.at, kill: () => this.#crash(crash.downMs) };
  }

  /** Killed: memory, nonces, timers and what was under way are gone. */
  #crash(downMs: number): void {
    const { time, network, history } = this.#modules;
    if (this.#process === undefined) return;
    this.#process.life.kill();
    this.#process = undefined;
    network.crash(this.party);
    history.record({ kind: 'crashed', party: this.party });
    time.setTimer(downMs, () => {
      if (this.#process === undefined) this.#start();
    });
  }

  #transactions(life: ProcessLife): EpochTransactions {
    const honest = this.#modules.chain.transactionsOf(this.party);
    const own = this.#modules.lies.reduce((inner, { hooks }) => hooks.transactions?.(inner) ?? inner, honest);
    return {
      voteKeyGeneration: (vote) => life.answer(own.voteKeyGeneration(vote)),
      voteRetry: (vote) => life.answer(own.voteRetry(vote)),
      advanceEpoch: () => life.answer(own.advanceEpoch()),
    };
  }

  #createKeyGeneration(parameters: KeyGenerationParameters): KeyGeneration {
    const lie = this.#modules.lies.find(({ hooks }) => hooks.keyGeneration !== undefined);
    const honest = createKeyGeneration(parameters);
    return lie?.hooks.keyGeneration?.(honest, parameters) ?? honest;
  }
}

/** A messenger whose handlers run for the living only. */
function guarded(inner: Messenger, life: ProcessLife): Messenger {
  return {
    self: inner.self,
    peers: inner.peers,
    send: (to, message) => inner.send(to, message),
    onMessage: (handler) => inner.onMessage((from, message) => life.guard(() => handler(from, message))),
    onPeerBoot: (handler) => inner.onPeerBoot((...told) => life.guard(() => handler(...told))),
  };
}
