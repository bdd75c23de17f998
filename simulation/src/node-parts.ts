/**
 * The parts of a node that run here exactly as in production, gathered in one place: the simulation names nothing else
 * of the node package.
 */

export type {
  ActiveEpoch,
  AttemptModules,
  Broadcast,
  ChainSnapshot,
  Committee,
  EpochEvent,
  EpochShares,
  EpochStore,
  EpochTimes,
  EpochTransactions,
  Member,
  Messenger,
  PendingKeyGeneration,
} from '@keymesh/node/logic';
export {
  BroadcastRouter,
  Courier,
  createServingEpoch,
  decodeBroadcastMessage,
  digestOf,
  Ed25519Signer,
  type Envelope,
  EpochCoordinator,
  type EpochInService,
  EXCUSES_PER_EPOCH_MAX,
  encodeBroadcastMessage,
  executionIdOf,
  KEYGEN_ROUND_TIMEOUT_MS,
  MemoryDisk,
  MemoryNetwork,
  MemoryStore,
  SEALING_KEY_BYTES,
  SealedEpochStore,
  type ServingEpoch,
  ShareSealer,
  SigningService,
  verifyEd25519,
} from '@keymesh/node/logic';
