import type { PartyIndex } from '@keymesh/foundation';
import type { EpochEvent, PreparedScheme } from './node-parts.ts';

/**
 * A lie in a key generation that ends in a proof when it reaches the honest: `everyone` who comes to an outcome in that
 * run must have named the liar, or at least `someone`.
 */
export interface LieTold {
  readonly kind: 'lie';
  readonly party: PartyIndex;
  readonly lie: string;
  /** Hex. */
  readonly executionId: string;
  readonly mustBeNamedBy: 'everyone' | 'someone';
}

export type HistoryEvent =
  /** Something in an honest or lying member's epoch logic. */
  | { readonly kind: 'member'; readonly party: PartyIndex; readonly event: EpochEvent }
  | { readonly kind: 'started' | 'crashed' | 'epoch-in-service'; readonly party: PartyIndex }
  | LieTold
  /** A false answer reached a client that was waiting for it. */
  | { readonly kind: 'lie-arrived'; readonly party: PartyIndex; readonly lie: string }
  | { readonly kind: 'partition'; readonly state: 'begins' | 'heals'; readonly group: readonly PartyIndex[] }
  | { readonly kind: 'block'; readonly number: number; readonly state: string }
  | {
      readonly kind: 'attempt';
      readonly epoch: number;
      readonly attempt: number;
      readonly excluded: readonly PartyIndex[];
      /** Hex. */
      readonly executionId: string;
    }
  | { readonly kind: 'transaction'; readonly party: PartyIndex; readonly call: string; readonly outcome: string }
  /** A member told the other signers which preparation a request is served with. Ids are hex. */
  | {
      readonly kind: 'preparation-named';
      readonly party: PartyIndex;
      readonly session: string;
      readonly preparation: string;
    }
  /** A member answered a request with a share. Byte strings are hex. */
  | {
      readonly kind: 'share-made';
      readonly party: PartyIndex;
      readonly session: string;
      readonly preparation: string;
      /** FROST: its own hiding commitment; else empty. */
      readonly nonce: string;
      readonly share: string;
    }
  | {
      readonly kind: 'sign-failed';
      readonly party: PartyIndex;
      readonly code: string;
      readonly culprits: readonly PartyIndex[];
    }
  | ({ readonly kind: 'stock'; readonly party: PartyIndex } & { readonly what: StockEvent })
  /** A member's stock was looked at, after a restart of a peer or at the end: what was made with boots that are gone. */
  | {
      readonly kind: 'stock-seen';
      readonly party: PartyIndex;
      readonly kept: number;
      readonly stale: readonly string[];
    }
  /** A member was killed, and its disk is the one of an earlier time. */
  | { readonly kind: 'disk-rolled-back'; readonly party: PartyIndex }
  | { readonly kind: 'client'; readonly signature: number; readonly what: ClientEvent };

/** What a member's maker of preparations says. Ids are hex. */
export type StockEvent =
  | {
      readonly kind: 'made';
      readonly scheme: PreparedScheme;
      readonly signers: readonly PartyIndex[];
      readonly owner: PartyIndex;
      readonly count: number;
    }
  | {
      readonly kind: 'failed';
      readonly scheme: PreparedScheme;
      readonly signers: readonly PartyIndex[];
      readonly code: string;
      readonly culprits: readonly PartyIndex[];
    }
  | { readonly kind: 'pair-ready'; readonly peer: PartyIndex }
  /** `code`: of the check that failed here, or `told` if the peer says that one failed there. */
  | { readonly kind: 'pair-burnt'; readonly peer: PartyIndex; readonly code: string }
  | { readonly kind: 'dropped'; readonly from: PartyIndex; readonly reason: string };

export type ClientEvent =
  | { readonly kind: 'asks'; readonly signers: readonly PartyIndex[] }
  | { readonly kind: 'no-answer'; readonly party: PartyIndex }
  | {
      readonly kind: 'refused';
      readonly party: PartyIndex;
      readonly code: string;
      readonly accused: readonly PartyIndex[];
    }
  /** All shares are right, and not made with the same preparation. */
  | { readonly kind: 'contradiction'; readonly leader: PartyIndex; readonly different: readonly PartyIndex[] }
  | { readonly kind: 'culprits'; readonly parties: readonly PartyIndex[] }
  | { readonly kind: 'signed'; readonly signers: readonly PartyIndex[] };

/** An event and its time since the start in milliseconds. */
export type Recorded = HistoryEvent & { readonly atMs: number };

/** What happened, in order. The checkers read nothing but this and the final state of the members. */
export class History {
  readonly events: Recorded[] = [];
  readonly #elapsedMs: () => number;
  readonly #listener: ((event: Recorded) => void) | undefined;

  constructor(elapsedMs: () => number, listener?: (event: Recorded) => void) {
    this.#elapsedMs = elapsedMs;
    this.#listener = listener;
  }

  record(event: HistoryEvent): void {
    const recorded = { ...event, atMs: this.#elapsedMs() };
    this.events.push(recorded);
    this.#listener?.(recorded);
  }

  /** The epoch logic's events of some members. */
  ofMembers(
    parties: readonly PartyIndex[],
  ): { readonly atMs: number; readonly party: PartyIndex; readonly event: EpochEvent }[] {
    return this.events.filter((event) => event.kind === 'member').filter(({ party }) => parties.includes(party));
  }
}
