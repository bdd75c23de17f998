import { SecretBytes, toHex } from '@keymesh/foundation';
import type { EpochShares, EpochStore } from '../node-parts.ts';

/** A disk: what a method has written when it returns survives every crash, and is a copy, not the object itself. */
export class DurableMemory implements EpochStore {
  readonly #joined = new Set<string>();
  readonly #shares = new Map<string, EpochShares>();

  hasJoined(executionId: Uint8Array): boolean {
    return this.#joined.has(toHex(executionId));
  }
  recordJoined(executionId: Uint8Array): void {
    this.#joined.add(toHex(executionId));
  }
  loadShares(): readonly EpochShares[] {
    return [...this.#shares.values()].map(copyOf);
  }
  saveShares(shares: EpochShares): void {
    this.#shares.set(toHex(shares.executionId), copyOf(shares));
  }
  activateShares(executionId: Uint8Array): void {
    const id = toHex(executionId);
    for (const other of this.#shares.keys()) if (other !== id) this.#shares.delete(other);
    this.#joined.clear();
  }
}

function copyOf(shares: EpochShares): EpochShares {
  const copies = shares.shares.map(({ name, share }) => ({
    name,
    share: share.expose((bytes) => new SecretBytes(bytes.slice())),
  }));
  return { ...shares, shares: copies };
}
