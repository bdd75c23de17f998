/**
 * The parts of a node that run here exactly as in production, gathered in one place: the simulation names nothing else
 * of the node package.
 */

export type { Broadcast } from '../../packages/node/src/broadcast/broadcast.ts';
export { BroadcastRouter } from '../../packages/node/src/broadcast/broadcast-router.ts';
export {
  decodeBroadcastMessage,
  digestOf,
  encodeBroadcastMessage,
} from '../../packages/node/src/broadcast/envelope.ts';
export type {
  ActiveEpoch,
  ChainSnapshot,
  Committee,
  EpochTransactions,
  Member,
  PendingKeyGeneration,
} from '../../packages/node/src/chain/chain.ts';
export type { AttemptModules, EpochTimes } from '../../packages/node/src/epochs/attempt.ts';
export { EpochCoordinator, type EpochInService } from '../../packages/node/src/epochs/epoch-coordinator.ts';
export type { EpochShares, EpochStore } from '../../packages/node/src/epochs/epoch-shares.ts';
export type { EpochEvent } from '../../packages/node/src/epochs/events.ts';
export { executionIdOf } from '../../packages/node/src/epochs/execution-id.ts';
export { EXCUSES_PER_EPOCH_MAX, KEYGEN_ROUND_TIMEOUT_MS } from '../../packages/node/src/epochs/limits.ts';
export { Ed25519Signer, verifyEd25519 } from '../../packages/node/src/identity/ed25519.ts';
export { Courier } from '../../packages/node/src/mesh/courier/courier.ts';
export { MemoryNetwork } from '../../packages/node/src/mesh/memory.ts';
export type { Messenger } from '../../packages/node/src/mesh/messenger.ts';
export { createServingEpoch, type ServingEpoch } from '../../packages/node/src/requests/serving-epoch.ts';
export { SigningService } from '../../packages/node/src/requests/signing-service.ts';
export { MemoryDisk, MemoryStore } from '../../packages/node/src/store/memory-store.ts';
export { SealedEpochStore } from '../../packages/node/src/store/sealed-epoch-store.ts';
export { SEALING_KEY_BYTES, ShareSealer } from '../../packages/node/src/store/share-sealer.ts';
