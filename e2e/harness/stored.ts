import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestNetwork } from './network.ts';

/** Facts that are no secret and change while a node runs (packages/node/src/store/namespaces.ts). */
export const META_NAMESPACE = 1;
/** Namespaces that a node writes to, by number: executions joined, key shares, pairs that burnt. */
export const DURABLE_NAMESPACES = [2, 3, 4];

/** One entry of a node's store, as it lies on disk. */
export interface StoredEntry {
  readonly namespace: number;
  /** SHA-256 of key and value. */
  readonly digest: string;
}

/** What is in a node's store, of a copy, so that the node may run or not. */
export function storedEntries(network: TestNetwork, party: number): readonly StoredEntry[] {
  const copy = mkdtempSync(join(tmpdir(), 'keymesh-store-'));
  try {
    cpSync(network.path(`node-${party}`, 'data'), copy, { recursive: true });
    const database = new DatabaseSync(join(copy, 'store.sqlite'));
    const rows = database.prepare('SELECT namespace, key, value FROM entries ORDER BY namespace, key').all();
    database.close();
    return rows.map(({ namespace, key, value }) => ({
      namespace: Number(namespace),
      digest: createHash('sha256')
        .update(key as Uint8Array)
        .update(value as Uint8Array)
        .digest('hex'),
    }));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
