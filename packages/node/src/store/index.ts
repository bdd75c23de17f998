export { MemoryDisk, MemoryStore } from './memory-store.ts';
export { NAMESPACES, type Namespace, RETIRED_NAMESPACES } from './namespaces.ts';
export { SealedEpochStore } from './sealed-epoch-store.ts';
export { loadSealer } from './sealing-key.ts';
export { ShareSealer } from './share-sealer.ts';
export { SqliteStore } from './sqlite/sqlite-store.ts';
export type { Entry, Store, Transaction } from './store.ts';
