import * as crypto from 'node:crypto';
import { type PartyIndex, type RandomSource, SecretBytes } from '@keymesh/foundation';
import { createOpenSslPrimitives, createWasmKernel } from '@keymesh/threshold/ecdsa-native';
import { loadNativeCurves } from '@keymesh/threshold/native';
import { StockMaker } from '../../src/stock/maker.ts';
import type { MakerEpoch, MakerEvent } from '../../src/stock/maker-events.ts';
import { decodeStockMessage, encodeStockMessage, type StockMessage } from '../../src/stock/messages.ts';
import { discard, type Preparation, type PreparedScheme } from '../../src/stock/preparation.ts';
import { seededRandom, unit, VirtualClock } from '../mesh/virtual-clock.ts';
import { type DealtEpoch, dealEpoch } from '../requests/dealt-epoch.ts';

export const curves = await loadNativeCurves();
export const primitives = createOpenSslPrimitives(crypto);
const kernel = createWasmKernel();
export const EPOCH_ID = new Uint8Array(32).fill(0xe1);

const epochs = new Map<string, DealtEpoch>();

/** Dealt once for each size: that is slow, and shares are copies. */
export function dealtOnce(parties: number, threshold: number): DealtEpoch {
  const key = `${threshold}/${parties}`;
  const known = epochs.get(key) ?? dealEpoch(parties, threshold);
  epochs.set(key, known);
  return known;
}

/** A message on its way. */
export interface Flight {
  readonly from: PartyIndex;
  readonly to: PartyIndex;
  readonly bytes: Uint8Array;
}

export type Event<Kind extends MakerEvent['kind']> = Extract<MakerEvent, { kind: Kind }>;

/** What a maker needs of a dealt epoch; the shares are copies of its own. */
export function makerEpochOf(
  epoch: DealtEpoch,
  self: PartyIndex,
  options: { readonly epochId?: Uint8Array; readonly burntPairs?: readonly PartyIndex[] } = {},
): MakerEpoch {
  const { epochId = EPOCH_ID, burntPairs = [] } = options;
  const { publicKeyPackage, shares } = epoch.sharesOf(self);
  const { partyCount, threshold, roots } = publicKeyPackage;
  return {
    ...{ epochId, self, partyCount, threshold, burntPairs },
    roots: roots.map(({ name, commitments }) => {
      const held = shares.find((candidate) => candidate.name === name)?.share as SecretBytes;
      return { name, commitments, share: held.expose((bytes) => new SecretBytes(bytes.slice())) };
    }),
  };
}

/**
 * Makers that are joined by a queue from which a test takes messages in any order. Between two boots each message arrives
 * once, as a `Messenger` promises; what a dead boot had sent is gone.
 */
export class MakerBus {
  readonly clock = new VirtualClock();
  readonly dealt: DealtEpoch;
  readonly makers = new Map<PartyIndex, StockMaker>();
  readonly boots = new Map<PartyIndex, Uint8Array>();
  readonly events = new Map<PartyIndex, MakerEvent[]>();
  /** What each maker records as durable. */
  readonly burnt = new Map<PartyIndex, PartyIndex[]>();
  readonly random: RandomSource;
  flights: Flight[] = [];
  /** Changes what is sent, or swallows it. */
  tamper: (flight: Flight, message: StockMessage) => StockMessage | undefined = (_, message) => message;
  #lastOrder = 0;

  /** @param options `withSetups`: whether pairs hear that they are ready; without, only FROST works, and quickly. */
  constructor(options: { parties?: number; threshold?: number; withSetups?: boolean; seed?: number } = {}) {
    const { parties = 3, threshold = 3, withSetups = false, seed = 11 } = options;
    this.random = seededRandom(seed);
    this.dealt = dealtOnce(parties, threshold);
    if (!withSetups) this.tamper = (_, message) => (message.kind === 'ready' ? undefined : message);
    for (let party = 1; party <= parties; party++) this.boot(party);
    for (const party of this.makers.keys()) this.begin(party);
  }

  get parties(): PartyIndex[] {
    return [...this.makers.keys()];
  }

  maker(party: PartyIndex): StockMaker {
    return this.makers.get(party) as StockMaker;
  }

  eventsOf<Kind extends MakerEvent['kind']>(party: PartyIndex, kind: Kind): Event<Kind>[] {
    return (this.events.get(party) ?? []).filter((event): event is Event<Kind> => event.kind === kind);
  }

  made(party: PartyIndex): Preparation[] {
    return this.eventsOf(party, 'made').flatMap(({ preparations }) => preparations);
  }

  /** A new life of a party, without an epoch; all others hear of it and it of them. */
  boot(party: PartyIndex): void {
    const boot = this.random(16);
    this.flights = this.flights.filter(({ from, to }) => from !== party && to !== party);
    const events = this.events.get(party) ?? [];
    const burnt = this.burnt.get(party) ?? [];
    const maker: StockMaker = new StockMaker({
      ...{ curves, primitives, kernel, clock: this.clock, random: (length) => this.random(length), boot },
      send: (to, bytes) => {
        if (this.makers.get(party) === maker) this.#send({ from: party, to, bytes });
      },
      emit: (event) => {
        if (this.makers.get(party) !== maker) return;
        if (event.kind === 'pair-burnt') burnt.push(event.peer);
        events.push(event);
      },
    });
    this.makers.set(party, maker);
    this.boots.set(party, boot);
    this.events.set(party, events);
    this.burnt.set(party, burnt);
    for (const [other, peer] of this.makers) {
      if (other === party) continue;
      peer.peerBooted(party, boot);
      maker.peerBooted(other, this.boots.get(other) as Uint8Array);
    }
  }

  begin(party: PartyIndex, epochId: Uint8Array = EPOCH_ID): void {
    const burntPairs = [...(this.burnt.get(party) ?? [])];
    this.maker(party).begin(makerEpochOf(this.dealt, party, { epochId, burntPairs }));
  }

  restart(party: PartyIndex): void {
    this.boot(party);
    this.begin(party);
  }

  order(owner: PartyIndex, scheme: PreparedScheme, signers: readonly PartyIndex[], count = 1): number {
    this.#lastOrder += 1;
    this.maker(owner).make({ order: this.#lastOrder, scheme, signers, count });
    return this.#lastOrder;
  }

  deliver(flight: Flight): void {
    this.makers.get(flight.to)?.receive(flight.from, flight.bytes);
  }

  /**
   * Delivers until nothing is on its way, in the order of sending or in one that the seed decides.
   * @returns how many messages; at most `atMost`.
   */
  run(
    options: {
      readonly shuffledBy?: RandomSource;
      readonly only?: (flight: Flight) => boolean;
      readonly atMost?: number;
    } = {},
  ): number {
    const { shuffledBy, only = () => true, atMost = Number.POSITIVE_INFINITY } = options;
    for (let delivered = 0; ; delivered++) {
      const ready = this.flights.filter(only);
      const at = shuffledBy === undefined ? 0 : Math.floor(unit(shuffledBy) * ready.length);
      const next = ready[at];
      if (next === undefined || delivered === atMost) return delivered;
      this.flights.splice(this.flights.indexOf(next), 1);
      this.deliver(next);
    }
  }

  /** A message that a lying member sends. */
  say(from: PartyIndex, to: PartyIndex, message: StockMessage): void {
    this.maker(to).receive(from, encodeStockMessage(message));
  }

  discardAll(): void {
    for (const party of this.parties) for (const preparation of this.made(party)) discard(preparation);
  }

  #send(flight: Flight): void {
    const message = this.tamper(flight, decodeStockMessage(flight.bytes) as StockMessage);
    if (message !== undefined) this.flights.push({ ...flight, bytes: encodeStockMessage(message) });
  }
}
