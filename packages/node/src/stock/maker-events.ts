import type { KeymeshError, PartyIndex, SecretBytes } from '@keymesh/foundation';
import type { RootKeyName } from '@keymesh/threshold';
import type { Preparation, PreparedScheme } from './preparation.ts';

/** What the maker needs of the epoch in service. It owns these copies of the shares, and wipes them at its end. */
export interface MakerEpoch {
  /** 32 bytes: the execution id of the epoch's key generation. */
  readonly epochId: Uint8Array;
  readonly self: PartyIndex;
  readonly partyCount: number;
  readonly threshold: number;
  readonly roots: readonly {
    readonly name: RootKeyName;
    readonly commitments: readonly Uint8Array[];
    readonly share: SecretBytes;
  }[];
  /** Peers with which this node must not presign in this epoch any more. */
  readonly burntPairs: readonly PartyIndex[];
}

/** A wish of this node, as owner. */
export interface PreparationOrder {
  /** Chosen by who orders, and never again in the maker's life; comes back with the result. */
  readonly order: number;
  readonly scheme: PreparedScheme;
  /** Exactly t, ascending, this node among them. */
  readonly signers: readonly PartyIndex[];
  readonly count: number;
}

/**
 * The life that preparations belong to. Between the maker's thread and its node an epoch may end or a peer restart; who
 * takes them over compares.
 */
export interface PreparationLife {
  readonly epochId: Uint8Array;
  readonly signers: readonly PartyIndex[];
  /** The boot of each, in the order of `signers`. */
  readonly boots: readonly Uint8Array[];
}

export type MakerEvent =
  /** `order` only if this node ordered them. */
  | {
      readonly kind: 'made';
      readonly order?: number;
      readonly life: PreparationLife;
      readonly preparations: readonly Preparation[];
    }
  | {
      readonly kind: 'failed';
      readonly order?: number;
      readonly scheme: PreparedScheme;
      readonly signers: readonly PartyIndex[];
      readonly error: KeymeshError;
    }
  | { readonly kind: 'pair-ready'; readonly peer: PartyIndex }
  /** The caller records it durably. `error` says which check failed; absent if the peer says that ours did. */
  | {
      readonly kind: 'pair-burnt';
      readonly epochId: Uint8Array;
      readonly peer: PartyIndex;
      readonly error?: KeymeshError;
    }
  /** A message that could not be used: from another life, malformed, or beyond a bound. */
  | { readonly kind: 'dropped'; readonly from: PartyIndex; readonly reason: DropReason };

export type DropReason = 'malformed' | 'unknown-run' | 'stale-header' | 'too-many-batches';

/**
 * Makes preparations with the other signers. In production it runs in a worker thread; the one implementation behind it
 * is `StockMaker`.
 */
export interface Maker {
  begin(epoch: MakerEpoch): void;
  /** Everything of the epoch is destroyed. */
  end(): void;
  peerBooted(peer: PartyIndex, boot: Uint8Array): void;
  /** @param message of the stock's channel. */
  receive(from: PartyIndex, message: Uint8Array): void;
  make(order: PreparationOrder): void;
}
