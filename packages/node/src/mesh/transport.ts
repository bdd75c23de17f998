import type { PartyIndex } from '@keymesh/foundation';

/**
 * Best-effort frames between the members of one committee. Each frame is authenticated: `from` is certain. Frames can
 * be lost (a broken connection), never altered. The TLS mesh and the simulator's memory network implement it; the
 * behaviour suite in `test/mesh/transport.behavior.ts` says what both must do.
 */
export interface Transport {
  readonly self: PartyIndex;
  readonly peers: readonly PartyIndex[];
  /** Queues a frame for a peer; drops it when the peer is away or its queue is full. Never throws, never blocks. */
  send(to: PartyIndex, frame: Uint8Array): void;
  /** One handler, set before `start`. */
  onFrame(handler: (from: PartyIndex, frame: Uint8Array) => void): void;
  /** Tells when a peer's connection is up or down. */
  onPeerChange(handler: (peer: PartyIndex, state: 'up' | 'down') => void): void;
}
