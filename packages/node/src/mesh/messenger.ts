import type { PartyIndex } from '@keymesh/foundation';

/**
 * Messages that arrive: at least until either side restarts, every message sent to a peer is delivered exactly once
 * per pair of boots, however many frames are lost, repeated or reordered. Order is not promised.
 * Implemented by `Courier` over any `Transport`.
 */
export interface Messenger {
  readonly self: PartyIndex;
  readonly peers: readonly PartyIndex[];
  send(to: PartyIndex, message: Uint8Array): void;
  onMessage(handler: (from: PartyIndex, message: Uint8Array) => void): void;
  /** Fires when a peer is first heard of, and again each time it answers with another boot id: it restarted and forgot. */
  onPeerBoot(handler: (peer: PartyIndex, bootId: Uint8Array, previous: Uint8Array | undefined) => void): void;
}
