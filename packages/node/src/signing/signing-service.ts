import { type Clock, equalBytes, type PartyIndex, type RandomSource, SecretBytes } from '@keymesh/foundation';
import type { BlsBackend } from '@keymesh/threshold/bls';
import type { EpochInService } from '../epochs/epoch-coordinator.ts';
import type { Messenger } from '../mesh/messenger.ts';
import type { ServingEpoch } from '../requests/serving-epoch.ts';
import { restarted } from '../stock/maker-errors.ts';
import type { Maker, MakerEpoch, MakerEvent } from '../stock/maker-events.ts';
import { STOCK_CHANNEL } from '../stock/messages.ts';
import { discard, type PreparedScheme, preparedScheme } from '../stock/preparation.ts';
import { Stock } from '../stock/stock.ts';
import { Supply, type Watermarks } from '../stock/supply.ts';
import type { BurntPairs } from './burnt-pairs.ts';
import { MEETING_TIMEOUT_MS } from './limits.ts';
import { SIGNING_CHANNEL } from './messages.ts';
import { signBls } from './partial-signature.ts';
import {
  type AuthorizedSigningRequest,
  assertSignable,
  type PartialSignature,
  type PreparedRequest,
} from './request.ts';
import { epochEnded, notOnMesh } from './session-errors.ts';
import { SigningSessions } from './signing-sessions.ts';

/** A maker that can be ended. */
export type RunningMaker = Maker & { stop(): Promise<void> };

/** How a maker reaches the mesh and this service. */
export interface MakerPort {
  /** This node's boot, as peers see it. 16 bytes. */
  readonly boot: Uint8Array;
  readonly send: (to: PartyIndex, message: Uint8Array) => void;
  readonly emit: (event: MakerEvent) => void;
}

export interface SigningServiceOptions {
  readonly watermarks: Watermarks;
}

export interface SigningServiceModules {
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Constant-time where the platform has it. */
  readonly bls: BlsBackend;
  readonly createMaker: (port: MakerPort) => RunningMaker;
  readonly burntPairs: BurntPairs;
  /** Where preparations are kept; default: a new one. For a simulation that looks into it. */
  readonly stock?: Stock;
  /** Told of what the maker says, for logs and metrics. */
  readonly observe: (event: MakerEvent) => void;
}

interface Joined {
  readonly messenger: Messenger;
  readonly maker: RunningMaker;
  /** Whether this is the mesh of the epoch's members. */
  readonly serves: (epoch: EpochInService) => boolean;
  /** This node's boot and those of peers, as this mesh has them now. */
  readonly boots: Map<PartyIndex, Uint8Array>;
  /** Clock time in milliseconds. */
  readonly since: number;
}

interface InService {
  readonly epoch: EpochInService;
  readonly serving: ServingEpoch;
}

/** What lives as long as an epoch on a mesh. */
interface Era {
  readonly joined: Joined;
  readonly epochId: Uint8Array;
  readonly supply: Supply;
  readonly sessions: SigningSessions;
}

/**
 * Makes this node's part of signatures, with the other signers (docs/spec/signing.md). Pure but for what it is given, so
 * that the simulation runs the same code. It trusts its caller that a request is authorised, and nothing else.
 */
export class SigningService {
  readonly #watermarks: Watermarks;
  readonly #modules: SigningServiceModules;
  readonly #stock: Stock;
  #joined: Joined | undefined;
  #inService: InService | undefined;
  #era: Era | undefined;
  #lastOrder = 0;

  constructor(options: SigningServiceOptions, modules: SigningServiceModules) {
    this.#watermarks = options.watermarks;
    this.#modules = modules;
    this.#stock = modules.stock ?? new Stock();
  }

  /** Preparations in memory, by scheme. */
  get stocked(): ReadonlyMap<PreparedScheme, number> {
    return this.#stock.countByScheme();
  }

  /** Whether this node has met all members, or waited for them long enough: before, first requests would fail. */
  get hasMetMembers(): boolean {
    if (this.#joined === undefined) return false;
    const { messenger, boots, since } = this.#joined;
    return boots.size > messenger.peers.length || this.#modules.clock.now() - since >= MEETING_TIMEOUT_MS;
  }

  /**
   * The node has joined a committee's mesh; an epoch that is in service already begins on it. Call it before the
   * messenger starts.
   * @param boot this node's boot, as the messenger tells it to peers.
   * @param serves whether an epoch's members are those of this mesh, under the same numbers.
   */
  join(messenger: Messenger, boot: Uint8Array, serves: (epoch: EpochInService) => boolean = () => true): void {
    const maker = this.#modules.createMaker({
      boot,
      send: (to, message) => messenger.send(to, message),
      emit: (event) => this.#onMakerEvent(event, joined),
    });
    const since = this.#modules.clock.now();
    const joined: Joined = { messenger, maker, serves, boots: new Map([[messenger.self, boot]]), since };
    this.#joined = joined;
    messenger.onMessage((from, message) => {
      if (this.#joined !== joined) return;
      if (message[0] === STOCK_CHANNEL) maker.receive(from, message);
      else if (message[0] === SIGNING_CHANNEL) this.#era?.sessions.receive(from, message);
    });
    messenger.onPeerBoot((peer, peerBoot) => {
      if (this.#joined !== joined) return;
      // Before anything else: what was made with the old boot must not be used with the new one.
      joined.boots.set(peer, peerBoot);
      this.#stock.dropWith(peer);
      maker.peerBooted(peer, peerBoot);
    });
    this.#openEra();
  }

  /** The node leaves the mesh: another committee, or its end. */
  async leave(): Promise<void> {
    const joined = this.#joined;
    this.#closeEra();
    this.#joined = undefined;
    await joined?.maker.stop();
  }

  /**
   * An epoch begins, on the mesh of its members as soon as the node has joined that.
   * @param serving the same epoch, decoded.
   */
  begin(epoch: EpochInService, serving: ServingEpoch): void {
    this.#closeEra();
    this.#inService = { epoch, serving };
    this.#openEra();
  }

  /** The epoch ends: requests under way fail, and everything prepared is destroyed. */
  end(): void {
    this.#inService = undefined;
    this.#closeEra();
  }

  /**
   * This node's part of one signature. The same request again gives the same answer.
   * @throws NodeError `signing/…`, `stock/…`, `wire/stale-epoch`, `node/overloaded`; ThresholdError `frost/…`, `ecdsa/…`.
   */
  async sign(epoch: ServingEpoch, request: AuthorizedSigningRequest): Promise<PartialSignature> {
    assertSignable(epoch, request);
    const { scheme } = request;
    const prepared = preparedScheme(scheme);
    if (prepared === undefined) return signBls(epoch, request, this.#modules);
    if (this.#inService?.serving !== epoch) throw epochEnded();
    if (this.#era === undefined) throw notOnMesh();
    const preparedRequest: PreparedRequest = { ...request, scheme: prepared };
    return this.#era.sessions.sign(preparedRequest);
  }

  #openEra(): void {
    const [joined, inService] = [this.#joined, this.#inService];
    if (joined === undefined || inService === undefined) return;
    const { epoch, serving } = inService;
    const { messenger, maker } = joined;
    if (messenger.self !== epoch.self || !joined.serves(epoch)) return;
    const { clock, burntPairs } = this.#modules;
    const supply = new Supply(epoch.self, this.#watermarks, {
      ...{ clock, stock: this.#stock },
      make: (order) => maker.make(order),
      nextOrder: () => {
        this.#lastOrder += 1;
        return this.#lastOrder;
      },
    });
    const sessions = new SigningSessions(serving, {
      clock,
      source: {
        obtain: (shelf) => supply.obtain(shelf),
        take: (owner, shelf, id) => this.#stock.take(owner, shelf, id),
        drop: (owner, id) => this.#stock.drop(owner, id),
      },
      send: (to, message) => messenger.send(to, message),
    });
    this.#era = { joined, epochId: epoch.executionId, supply, sessions };
    maker.begin(makerEpochOf(epoch, burntPairs.ofEpoch(epoch.executionId)));
  }

  #closeEra(): void {
    const era = this.#era;
    this.#era = undefined;
    this.#stock.clear();
    if (era === undefined) return;
    era.sessions.close();
    era.supply.close(epochEnded());
    era.joined.maker.end();
  }

  #onMakerEvent(event: MakerEvent, joined: Joined): void {
    // Also of an epoch or a mesh that this node has left meanwhile.
    if (event.kind === 'pair-burnt') this.#modules.burntPairs.record(event.epochId, event.peer);
    this.#modules.observe(event);
    const era = this.#era?.joined === joined ? this.#era : undefined;
    if (event.kind === 'failed') era?.supply.onEvent(event);
    else if (event.kind === 'made') this.#onMade(era, event);
  }

  /** Takes preparations over, unless their epoch ended or a signer restarted while they were on their way here. */
  #onMade(era: Era | undefined, event: Extract<MakerEvent, { kind: 'made' }>): void {
    const { life, preparations, order } = event;
    if (era !== undefined && equalBytes(life.epochId, era.epochId)) {
      const stale = life.signers.find((party, i) => !isBoot(era.joined.boots.get(party), life.boots[i]));
      if (stale === undefined) {
        era.supply.onEvent(event);
        era.sessions.stocked();
        return;
      }
      const [first] = preparations;
      if (order !== undefined && first !== undefined) {
        const { scheme, signers } = first;
        era.supply.onEvent({ kind: 'failed', order, scheme, signers, error: restarted(stale) });
      }
    }
    for (const preparation of preparations) discard(preparation);
  }
}

function isBoot(known: Uint8Array | undefined, boot: Uint8Array | undefined): boolean {
  return known !== undefined && boot !== undefined && equalBytes(known, boot);
}

/** Copies, because the maker wipes its own. */
function makerEpochOf(epoch: EpochInService, burntPairs: readonly PartyIndex[]): MakerEpoch {
  const { executionId: epochId, self, publicKeyPackage, shares } = epoch;
  const { partyCount, threshold, roots } = publicKeyPackage;
  return {
    ...{ epochId, self, partyCount, threshold, burntPairs },
    roots: roots.flatMap(({ name, commitments }) => {
      const held = shares.find((candidate) => candidate.name === name);
      if (held === undefined) return [];
      return [{ name, commitments, share: held.share.expose((bytes) => new SecretBytes(bytes.slice())) }];
    }),
  };
}
