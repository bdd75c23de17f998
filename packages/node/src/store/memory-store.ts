import { compareBytes, fromHex, toHex } from '@keymesh/foundation';
import type { Namespace } from './namespaces.ts';
import type { Entry, Store, Transaction } from './store.ts';
import { TransactionGuard } from './transaction-guard.ts';

/** What survives the crash of a `MemoryStore`: exactly what was committed. */
export class MemoryDisk {
  /** @internal By namespace and key. */
  readonly entries = new Map<string, Uint8Array>();
}

/** A store on a disk in memory, for simulations and tests. A crash is to drop it and to make another on the same disk. */
export class MemoryStore implements Store {
  readonly #disk: MemoryDisk;
  readonly #guard = new TransactionGuard();

  constructor(disk: MemoryDisk = new MemoryDisk()) {
    this.#disk = disk;
  }

  transact<T>(work: (transaction: Transaction) => T): T {
    const written = new Map<string, Uint8Array | undefined>();
    return this.#guard.run(new Overlay(this.#disk, written), work, {
      begin: () => {},
      commit: () => {
        for (const [name, value] of written) {
          if (value === undefined) this.#disk.entries.delete(name);
          else this.#disk.entries.set(name, value);
        }
      },
      rollBack: () => {},
    });
  }

  close(): void {
    this.#guard.close();
  }
}

/** The disk as a transaction sees it: its own writes first. */
class Overlay implements Transaction {
  readonly #disk: MemoryDisk;
  readonly #written: Map<string, Uint8Array | undefined>;

  constructor(disk: MemoryDisk, written: Map<string, Uint8Array | undefined>) {
    this.#disk = disk;
    this.#written = written;
  }

  get(namespace: Namespace, key: Uint8Array): Uint8Array | undefined {
    return this.#read(nameOf(namespace, key))?.slice();
  }

  put(namespace: Namespace, key: Uint8Array, value: Uint8Array): void {
    this.#written.set(nameOf(namespace, key), value.slice());
  }

  delete(namespace: Namespace, key: Uint8Array): boolean {
    const name = nameOf(namespace, key);
    const existed = this.#read(name) !== undefined;
    this.#written.set(name, undefined);
    return existed;
  }

  list(namespace: Namespace): readonly Entry[] {
    const prefix = `${namespace}/`;
    const names = new Set([...this.#disk.entries.keys(), ...this.#written.keys()]);
    const entries: Entry[] = [];
    for (const name of names) {
      const value = name.startsWith(prefix) ? this.#read(name) : undefined;
      if (value !== undefined) entries.push({ key: fromHex(name.slice(prefix.length)), value: value.slice() });
    }
    return entries.sort((a, b) => compareBytes(a.key, b.key));
  }

  #read(name: string): Uint8Array | undefined {
    return this.#written.has(name) ? this.#written.get(name) : this.#disk.entries.get(name);
  }
}

function nameOf(namespace: Namespace, key: Uint8Array): string {
  return `${namespace}/${toHex(key)}`;
}
