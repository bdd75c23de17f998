import { createHash } from 'node:crypto';
import { type PartyIndex, type RandomSource, toHex } from '@keymesh/foundation';
import { leaderOf } from '@keymesh/protocol/routes';
import { createServingEpoch, type ServingEpoch } from '../../src/requests/serving-epoch.ts';
import { decodeSigningMessage, encodeSigningMessage, type SigningMessage } from '../../src/signing/messages.ts';
import type { PartialSignature, PreparedRequest } from '../../src/signing/request.ts';
import type { PreparationSource } from '../../src/signing/signing-session.ts';
import { SigningSessions } from '../../src/signing/signing-sessions.ts';
import type { Preparation, PreparedScheme } from '../../src/stock/preparation.ts';
import { type Shelf, Stock } from '../../src/stock/stock.ts';
import { settle } from '../epochs/manual-clock.ts';
import { unit, VirtualClock } from '../mesh/virtual-clock.ts';
import type { DealtEpoch } from '../requests/dealt-epoch.ts';
import { curves } from '../stock/maker-bus.ts';

const KEY_ID = new Uint8Array(32).fill(0x4b);

interface Flight {
  readonly from: PartyIndex;
  readonly to: PartyIndex;
  readonly message: SigningMessage;
}

export interface Signer {
  readonly party: PartyIndex;
  readonly epoch: ServingEpoch;
  readonly stock: Stock;
  readonly sessions: SigningSessions;
  /** Requests that wait for a preparation of this signer. */
  readonly waiting: { resolve: (preparation: Preparation) => void; reject: (error: unknown) => void }[];
  /** What was ever taken: an id comes once. */
  readonly taken: string[];
}

/** The answer of one signer to one request. */
export type Outcome = PartialSignature | Error;

/** A request whose leader is who a test wants. */
export function requestOf(
  scheme: PreparedScheme,
  options: { signers?: readonly PartyIndex[]; leader?: PartyIndex; message?: Uint8Array; number?: number } = {},
): PreparedRequest {
  const { signers = [1, 2, 3], leader, message = new Uint8Array(32).fill(0x6d), number = 0 } = options;
  for (let salt = 0; ; salt++) {
    const name = `${scheme}/${number}/${salt}/${signers}/${toHex(message)}`;
    const session = new Uint8Array(createHash('sha256').update(name).digest());
    const request = { session, tokenId: 1n, keyId: KEY_ID, scheme, message, signers };
    if (leader === undefined || leaderOf(request.session, request.signers) === leader) return request;
  }
}

const serving = new WeakMap<DealtEpoch, Map<PartyIndex, ServingEpoch>>();

/** Decoded once: that is slow. */
function servingOf(dealt: DealtEpoch, party: PartyIndex): ServingEpoch {
  const known = serving.get(dealt) ?? new Map<PartyIndex, ServingEpoch>();
  serving.set(dealt, known);
  const epoch = known.get(party) ?? createServingEpoch(dealt.sharesOf(party), curves);
  known.set(party, epoch);
  return epoch;
}

/** The sessions of several signers with a stock each, and a pool of messages from which a test takes in any order. */
export class SessionBus {
  readonly clock = new VirtualClock();
  readonly signers = new Map<PartyIndex, Signer>();
  readonly outcomes = new Map<string, Map<PartyIndex, Outcome>>();
  flights: Flight[] = [];
  readonly #dealt: DealtEpoch;

  constructor(dealt: DealtEpoch, parties: readonly PartyIndex[] = [1, 2, 3]) {
    this.#dealt = dealt;
    for (const party of parties) this.start(party);
  }

  signer(party: PartyIndex): Signer {
    return this.signers.get(party) as Signer;
  }

  /** A signer with nothing in stock; one that runs is forgotten as by a kill. */
  start(party: PartyIndex): void {
    const stock = new Stock();
    const taken: string[] = [];
    const waiting: Signer['waiting'] = [];
    const note = (preparation: Preparation | undefined): Preparation | undefined => {
      if (preparation !== undefined) taken.push(preparation.id);
      return preparation;
    };
    const source: PreparationSource = {
      obtain: (shelf: Shelf) => {
        const now = note(stock.takeAny(party, shelf));
        if (now !== undefined) return { now };
        return { later: new Promise<Preparation>((resolve, reject) => waiting.push({ resolve, reject })) };
      },
      take: (owner, shelf, id) => note(stock.take(owner, shelf, id)),
      drop: (owner, id) => stock.drop(owner, id),
    };
    const epoch = servingOf(this.#dealt, party);
    const sessions: SigningSessions = new SigningSessions(epoch, {
      ...{ clock: this.clock, source },
      send: (to, bytes) => {
        if (this.signers.get(party)?.sessions !== sessions) return;
        this.flights.push({ from: party, to, message: decodeSigningMessage(bytes) as SigningMessage });
      },
    });
    this.signers.set(party, { party, epoch, stock, sessions, waiting, taken });
  }

  /** Puts the halves of a preparation into the stock of the signers, or of some. */
  stock(halves: ReadonlyMap<PartyIndex, Preparation>, parties: readonly PartyIndex[] = [...halves.keys()]): void {
    for (const party of parties) {
      this.signer(party).stock.add(halves.get(party) as Preparation);
      this.signer(party).sessions.stocked();
    }
  }

  /** The client's request reaches a signer. */
  ask(party: PartyIndex, request: PreparedRequest): void {
    const key = toHex(request.session);
    const outcomes = this.outcomes.get(key) ?? new Map<PartyIndex, Outcome>();
    this.outcomes.set(key, outcomes);
    this.signer(party)
      .sessions.sign(request)
      .then(
        (partial) => outcomes.set(party, partial),
        (error: Error) => outcomes.set(party, error),
      );
  }

  say(from: PartyIndex, to: PartyIndex, message: SigningMessage): void {
    this.signer(to).sessions.receive(from, encodeSigningMessage(message));
  }

  deliver(at: number): void {
    const [flight] = this.flights.splice(at, 1);
    if (flight !== undefined && this.signers.has(flight.to)) this.say(flight.from, flight.to, flight.message);
  }

  /** Delivers all, in the order of sending or as the seed decides, and lets promises settle. */
  async run(shuffledBy?: RandomSource): Promise<void> {
    await settle();
    while (this.flights.length > 0) {
      this.deliver(shuffledBy === undefined ? 0 : Math.floor(unit(shuffledBy) * this.flights.length));
      await settle();
    }
  }

  /** Lets time pass until every step's limit is over. */
  async wait(ms = 40_000, stepMs = 500): Promise<void> {
    for (let spent = 0; spent < ms; spent += stepMs) {
      this.clock.advance(stepMs);
      await this.run();
    }
  }

  outcome(party: PartyIndex, request: PreparedRequest): Outcome | undefined {
    return this.outcomes.get(toHex(request.session))?.get(party);
  }

  /** The shares of a request, if all signers gave one. */
  partials(request: PreparedRequest): Map<PartyIndex, PartialSignature> {
    const partials = new Map<PartyIndex, PartialSignature>();
    for (const party of request.signers) {
      const outcome = this.outcome(party, request);
      if (outcome === undefined || outcome instanceof Error) throw outcome ?? new Error(`party ${party} is silent`);
      partials.set(party, outcome);
    }
    return partials;
  }

  /** The error of a signer, as code and culprits. */
  failure(party: PartyIndex, request: PreparedRequest): string {
    const outcome = this.outcome(party, request);
    if (outcome === undefined) return 'waiting';
    if (!(outcome instanceof Error)) return 'signed';
    const { code, culprits } = outcome as Error & { code: string; culprits: readonly PartyIndex[] };
    return culprits.length === 0 ? code : `${code} ${culprits.join()}`;
  }

  /** Everything that is left in any stock. */
  get stocked(): number {
    return [...this.signers.values()].reduce((sum, { stock }) => sum + stock.size, 0);
  }
}
