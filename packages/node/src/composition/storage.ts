import type { RandomSource } from '@keymesh/foundation';
import type { Curves } from '@keymesh/threshold/curves';
import type { NodeConfig } from '../config/config.ts';
import type { EpochStore } from '../epochs/epoch-shares.ts';
import { loadOrCreateIdentity, type NodeIdentity, type PublicIdentity } from '../identity/node-identity.ts';
import type { BurntPairs } from '../signing/burnt-pairs.ts';
import { SealedEpochStore } from '../store/sealed-epoch-store.ts';
import { loadSealer } from '../store/sealing-key.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';
import { StoredBurntPairs } from '../store/stored-burnt-pairs.ts';

/** What a node keeps on disk, opened. */
export interface Storage {
  readonly identity: NodeIdentity;
  readonly epochs: EpochStore;
  readonly burntPairs: BurntPairs;
  /** Wipes the identity's secrets and lets go of the directory. */
  close(): void;
}

/**
 * Opens a node's data directory; only one process can.
 * @throws NodeError `store/…`, `identity/unreadable`.
 */
export function openStorage(
  config: Pick<NodeConfig, 'dataDirectory' | 'sealingKeyFile'>,
  modules: { readonly random: RandomSource; readonly curves: Curves },
): Storage {
  const { random, curves } = modules;
  const store = SqliteStore.open(config.dataDirectory);
  try {
    const sealer = loadSealer({ keyFile: config.sealingKeyFile, directory: config.dataDirectory }, { random });
    const identity = loadOrCreateIdentity(config.dataDirectory, { sealer, random });
    return {
      identity,
      epochs: new SealedEpochStore({ store, sealer, curves }),
      burntPairs: new StoredBurntPairs(store),
      close: () => {
        identity.sealingSecret.wipe();
        identity.accountSecret.wipe();
        sealer.wipe();
        store.close();
      },
    };
  } catch (thrown) {
    store.close();
    throw thrown;
  }
}

/**
 * Gives a data directory an identity, if it has none, so that its operator can register before the node first runs.
 * @returns what goes on the chain.
 * @throws NodeError `store/…`, `identity/unreadable`.
 */
export function createIdentity(
  directories: Pick<NodeConfig, 'dataDirectory' | 'sealingKeyFile'>,
  random: RandomSource,
): PublicIdentity {
  const { dataDirectory, sealingKeyFile } = directories;
  // The store's lock keeps a second process from making another identity at the same time.
  const store = SqliteStore.open(dataDirectory);
  try {
    const sealer = loadSealer({ keyFile: sealingKeyFile, directory: dataDirectory }, { random });
    const identity = loadOrCreateIdentity(dataDirectory, { sealer, random });
    identity.sealingSecret.wipe();
    identity.accountSecret.wipe();
    sealer.wipe();
    return identity.public;
  } finally {
    store.close();
  }
}
