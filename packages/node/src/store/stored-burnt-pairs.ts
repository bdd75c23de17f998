import { concatBytes, equalBytes, type PartyIndex, Reader, Writer } from '@keymesh/foundation';
import type { BurntPairs } from '../signing/burnt-pairs.ts';
import { NAMESPACES } from './namespaces.ts';
import type { Store } from './store.ts';

const EPOCH_ID_BYTES = 32;
const EMPTY = new Uint8Array(0);

/** `BurntPairs` in a store: one entry for each, by epoch id and peer. */
export class StoredBurntPairs implements BurntPairs {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  ofEpoch(epochId: Uint8Array): readonly PartyIndex[] {
    return this.#store.transact((entries) => {
      const peers: PartyIndex[] = [];
      for (const { key } of entries.list(NAMESPACES.burntPairs)) {
        if (equalBytes(key.slice(0, EPOCH_ID_BYTES), epochId)) peers.push(new Reader(key.slice(EPOCH_ID_BYTES)).u16());
        else entries.delete(NAMESPACES.burntPairs, key);
      }
      return peers;
    });
  }

  record(epochId: Uint8Array, peer: PartyIndex): void {
    const key = concatBytes(epochId, new Writer().u16(peer).finish());
    this.#store.transact((entries) => entries.put(NAMESPACES.burntPairs, key, EMPTY));
  }
}
