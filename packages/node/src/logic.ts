/**
 * The logic of a node without its adapters: what production composes with TLS, SQLite and viem, and what a simulation
 * composes with a memory network, a virtual clock and a model of the chain.
 */

export type { Broadcast } from './broadcast/broadcast.ts';
export { BroadcastRouter } from './broadcast/broadcast-router.ts';
export {
  decodeBroadcastMessage,
  digestOf,
  type Envelope,
  encodeBroadcastMessage,
} from './broadcast/envelope.ts';
export type {
  ActiveEpoch,
  ChainSnapshot,
  Committee,
  EpochTransactions,
  Member,
  PendingKeyGeneration,
} from './chain/chain.ts';
export type { AttemptModules, EpochTimes } from './epochs/attempt.ts';
export { EpochCoordinator, type EpochInService } from './epochs/epoch-coordinator.ts';
export type { EpochShares, EpochStore } from './epochs/epoch-shares.ts';
export type { EpochEvent } from './epochs/events.ts';
export { executionIdOf } from './epochs/execution-id.ts';
export { EXCUSES_PER_EPOCH_MAX, KEYGEN_ROUND_TIMEOUT_MS } from './epochs/limits.ts';
export { Ed25519Signer, verifyEd25519 } from './identity/ed25519.ts';
export { Courier } from './mesh/courier/courier.ts';
export { MemoryNetwork } from './mesh/memory.ts';
export type { Messenger } from './mesh/messenger.ts';
export { createServingEpoch, type ServingEpoch } from './requests/serving-epoch.ts';
export type { BurntPairs } from './signing/burnt-pairs.ts';
export {
  decodeSigningMessage,
  encodeSigningMessage,
  SIGNING_CHANNEL,
  type SigningMessage,
} from './signing/messages.ts';
export type { AuthorizedSigningRequest, PartialSignature } from './signing/request.ts';
export { type MakerPort, type RunningMaker, SigningService } from './signing/signing-service.ts';
export { PREPARATION_TIMEOUT_MS } from './stock/limits.ts';
export { StockMaker } from './stock/maker.ts';
export type { MakerEpoch, MakerEvent, PreparationOrder } from './stock/maker-events.ts';
export {
  type BatchHeader,
  decodeHeader,
  decodeStockMessage,
  encodeHeader,
  encodeStockMessage,
  runIdOf,
  STOCK_CHANNEL,
  type StockMessage,
} from './stock/messages.ts';
export type { Preparation, PreparedScheme } from './stock/preparation.ts';
export { type Shelf, Stock } from './stock/stock.ts';
export type { Watermarks } from './stock/supply.ts';
export { type MovedPreparation, moveIn, moveOut } from './stock/worker/moved-preparation.ts';
export { MemoryDisk, MemoryStore } from './store/memory-store.ts';
export { SealedEpochStore } from './store/sealed-epoch-store.ts';
export { SEALING_KEY_BYTES, ShareSealer } from './store/share-sealer.ts';
export { StoredBurntPairs } from './store/stored-burnt-pairs.ts';
