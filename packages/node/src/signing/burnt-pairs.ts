import type { PartyIndex } from '@keymesh/foundation';

/**
 * Peers with which this node must not presign any more in an epoch. Durable, because a restart must not give a peer
 * that cheats another try; not secret.
 */
export interface BurntPairs {
  /** Those of the epoch; what is kept of others is forgotten. @param epochId 32 bytes. */
  ofEpoch(epochId: Uint8Array): readonly PartyIndex[];
  /** Durable when it returns. */
  record(epochId: Uint8Array, peer: PartyIndex): void;
}
