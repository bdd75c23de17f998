import { fromHex, type PartyIndex, toHex, toKeymeshError } from '@keymesh/foundation';
import type { BlsBackend } from '@keymesh/threshold/bls';
import type { Curves } from '@keymesh/threshold/curves';
import { createKeyGeneration, type KeyGeneration, type KeyGenerationParameters, ROUND } from '@keymesh/threshold/dkg';
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
  type Committee,
  Courier,
  createServingEpoch,
  type Ed25519Signer,
  EpochCoordinator,
  type EpochInService,
  type EpochStore,
  type EpochTimes,
  type EpochTransactions,
  type MemoryNetwork,
  type Messenger,
  type ServingEpoch,
  SigningService,
  verifyEd25519,
} from '../node-parts.ts';
import type { Crash } from '../plan.ts';
import { CrashingStore, type CrashPoint } from './crashing-store.ts';
import { ProcessLife } from './process-life.ts';

export interface SimulatedMemberModules {
  readonly time: VirtualTime;
  readonly network: MemoryNetwork;
  readonly chain: SimulatedChain;
  readonly history: History;
  readonly wiretap: Wiretap;
  readonly random: SeededRandom;
  readonly curves: Curves;
  readonly bls: BlsBackend;
  readonly committee: Committee;
  /** What a process finds when it starts: all that was committed before, and nothing else. */
  readonly openStore: () => EpochStore;
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
  readonly service: SigningService;
  serving: ServingEpoch | undefined;
}

/** One member: a disk, and one process after another on it, each wired as the composition root wires a node. */
export class SimulatedMember {
  readonly party: PartyIndex;
  readonly #modules: SimulatedMemberModules;
  readonly #crashes: Crash[];
  #process: Process | undefined;
  #boots = 0;

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

  /** What the process answers to a request, or undefined when it is down or keeps silent. */
  answer(request: NodeRequest): { readonly answer: NodeAnswer; readonly lie: LieName | undefined } | undefined {
    const process = this.#process;
    if (process === undefined) return undefined;
    let answer: NodeAnswer | undefined = this.#honestAnswer(process, request);
    let told: LieName | undefined;
    for (const { lie, hooks } of this.#modules.lies) {
      if (answer === undefined || hooks.answer === undefined) continue;
      const changed: NodeAnswer | undefined = hooks.answer(request, answer);
      if (changed !== answer) told = lie;
      answer = changed;
    }
    return answer === undefined ? undefined : { answer, lie: told };
  }

  #start(): void {
    const { time, network, chain, history, random, curves, committee, openStore, bls, lies, identity } = this.#modules;
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
    const process: Process = {
      life,
      coordinator,
      service: new SigningService({ clock, random: source, bls }),
      serving: undefined,
    };
    this.#process = process;
    coordinator.onEpochChange((epoch) => {
      process.serving = createServingEpoch(epoch, curves);
      history.record({ kind: 'epoch-in-service', party: this.party });
    });
    courier.onPeerBoot((peer, boot, previous) => life.guard(() => coordinator.onPeerBoot(peer, boot, previous)));
    transport.start();
    courier.start();
    chain.observe(this.party, (snapshot) => life.guard(() => coordinator.onSnapshot(snapshot)));
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

  #honestAnswer({ service, serving }: Process, request: NodeRequest): NodeAnswer {
    if (serving === undefined) return { kind: 'error', code: 'epoch/none' };
    try {
      if (request.kind === 'commit') {
        const [commitment] = service.commit(serving, request.owner, request.scheme, 1);
        return commitment === undefined ? { kind: 'error', code: 'none' } : { kind: 'commitment', commitment };
      }
      const { owner, scheme, keyId, message, commitments } = request;
      const own = commitments.find(({ party }) => party === this.party);
      const { share } = service.sign(serving, {
        owner,
        scheme,
        tokenId: 0n,
        keyId: fromHex(keyId),
        message: fromHex(message),
        commitments,
      });
      const made = { nonce: own?.hiding ?? '', share: toHex(share) };
      this.#modules.history.record({ kind: 'share-made', party: this.party, ...made });
      return { kind: 'share', share: made.share };
    } catch (thrown) {
      return { kind: 'error', code: toKeymeshError(thrown).code };
    }
  }
}
