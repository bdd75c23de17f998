import type { PartyIndex, SerializedError } from '@keymesh/foundation';
import type { DropReason, MakerEpoch, PreparationLife, PreparationOrder } from '../maker-events.ts';
import type { PreparedScheme } from '../preparation.ts';
import type { MovedPreparation } from './moved-preparation.ts';

/** `MakerEpoch` with the shares as bytes whose buffers are transferred. SECRET. */
export interface MovedEpoch extends Omit<MakerEpoch, 'roots'> {
  readonly roots: readonly (Omit<MakerEpoch['roots'][number], 'share'> & { readonly share: Uint8Array<ArrayBuffer> })[];
}

/** What the node tells the thread: the calls of `Maker`. */
export type ToThread =
  | { readonly kind: 'begin'; readonly epoch: MovedEpoch }
  | { readonly kind: 'end' }
  | { readonly kind: 'peer-booted'; readonly peer: PartyIndex; readonly boot: Uint8Array }
  | { readonly kind: 'receive'; readonly from: PartyIndex; readonly message: Uint8Array }
  | { readonly kind: 'make'; readonly order: PreparationOrder };

/** What the thread tells the node: messages to send, and the maker's events. */
export type FromThread =
  | { readonly kind: 'send'; readonly to: PartyIndex; readonly message: Uint8Array }
  | {
      readonly kind: 'made';
      readonly order?: number;
      readonly life: PreparationLife;
      readonly preparations: readonly MovedPreparation[];
    }
  | {
      readonly kind: 'failed';
      readonly order?: number;
      readonly scheme: PreparedScheme;
      readonly signers: readonly PartyIndex[];
      readonly error: SerializedError;
    }
  | { readonly kind: 'pair-ready'; readonly peer: PartyIndex }
  | {
      readonly kind: 'pair-burnt';
      readonly epochId: Uint8Array;
      readonly peer: PartyIndex;
      readonly error?: SerializedError;
    }
  | { readonly kind: 'dropped'; readonly from: PartyIndex; readonly reason: DropReason };

/** What the thread gets when it starts. */
export interface ThreadData {
  readonly boot: Uint8Array;
}
