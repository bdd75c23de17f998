import type { Namespace } from './namespaces.ts';

/**
 * Durable bytes by namespace and key. `SqliteStore` keeps them on disk, `MemoryStore` for as long as a simulation
 * runs; `test/store/store.behavior.ts` says what both must do.
 */
export interface Store {
  /**
   * Runs `work` atomically: when this returns, all that it wrote is durable; when it throws, nothing of it happened.
   * `work` must not wait for anything and not begin another transaction.
   * @throws NodeError `store/misused`, `store/unavailable`, `store/corrupted-file`; and whatever `work` throws.
   */
  transact<T>(work: (transaction: Transaction) => T): T;
  /** Ends the use of the store. Further calls throw `store/misused`. */
  close(): void;
}

/** Valid inside its `transact` only. */
export interface Transaction {
  /** A copy of the value, or `undefined`. */
  get(namespace: Namespace, key: Uint8Array): Uint8Array | undefined;
  /** Writes or replaces. At most `STORE_VALUE_BYTES_MAX` bytes. */
  put(namespace: Namespace, key: Uint8Array, value: Uint8Array): void;
  /** @returns whether there was something to delete. */
  delete(namespace: Namespace, key: Uint8Array): boolean;
  /** All entries of a namespace in the lexicographic order of their keys. */
  list(namespace: Namespace): readonly Entry[];
}

export interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}
