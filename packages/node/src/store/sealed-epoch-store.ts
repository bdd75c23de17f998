import { concatBytes, equalBytes, Reader, SecretBytes, toHex, Writer } from '@keymesh/foundation';
import { ROOT_KEY_NAMES, ROOT_KEYS } from '@keymesh/threshold';
import type { Curves } from '@keymesh/threshold/curves';
import { decodePublicKeyPackage, encodePublicKeyPackage } from '@keymesh/threshold/public-key-package';
import type { EpochShares, EpochStore } from '../epochs/epoch-shares.ts';
import { NodeError } from '../errors.ts';
import { NAMESPACES } from './namespaces.ts';
import { corruptedRow, type SealedPlace, type ShareSealer } from './share-sealer.ts';
import type { Store } from './store.ts';

const DIGEST_BYTES = 32;
const ENCODING_VERSION = 1;
const EMPTY = new Uint8Array(0);

/** What the epoch logic keeps, in a store, with the shares sealed. */
export class SealedEpochStore implements EpochStore {
  readonly #store: Store;
  readonly #sealer: ShareSealer;
  readonly #curves: Curves;

  constructor(modules: { readonly store: Store; readonly sealer: ShareSealer; readonly curves: Curves }) {
    this.#store = modules.store;
    this.#sealer = modules.sealer;
    this.#curves = modules.curves;
  }

  hasJoined(executionId: Uint8Array): boolean {
    return this.#store.transact((entries) => entries.get(NAMESPACES.joinedExecutions, executionId) !== undefined);
  }

  recordJoined(executionId: Uint8Array): void {
    this.#store.transact((entries) => entries.put(NAMESPACES.joinedExecutions, executionId, EMPTY));
  }

  /** @throws NodeError `store/wrong-key`, `store/corrupted-row` with the execution that is concerned */
  loadShares(): readonly EpochShares[] {
    const entries = this.#store.transact((transaction) => transaction.list(NAMESPACES.keyShares));
    const loaded: EpochShares[] = [];
    try {
      for (const { key, value } of entries) loaded.push(this.#open(key, value));
    } catch (thrown) {
      for (const { share } of loaded.flatMap((one) => one.shares)) share.wipe();
      throw thrown;
    }
    return loaded;
  }

  /**
   * Keeps shares; the same ones again change nothing.
   * @throws NodeError `store/conflict` if others are kept for the same execution.
   */
  saveShares(shares: EpochShares): void {
    const { executionId } = shares;
    const plaintext = encode(shares);
    try {
      const sealed = this.#sealer.seal(placeOf(executionId), plaintext);
      this.#store.transact((entries) => {
        const kept = entries.get(NAMESPACES.keyShares, executionId);
        if (kept === undefined) entries.put(NAMESPACES.keyShares, executionId, sealed);
        else if (!this.#sealsTheSame(executionId, kept, plaintext)) throw conflict(executionId);
      });
    } finally {
      plaintext.fill(0);
    }
  }

  /** @throws NodeError `store/no-such-shares`; nothing has changed then. */
  activateShares(executionId: Uint8Array): void {
    this.#store.transact((entries) => {
      if (entries.get(NAMESPACES.keyShares, executionId) === undefined) throw noSuchShares(executionId);
      for (const { key } of entries.list(NAMESPACES.keyShares)) {
        if (!equalBytes(key, executionId)) entries.delete(NAMESPACES.keyShares, key);
      }
      for (const { key } of entries.list(NAMESPACES.joinedExecutions)) entries.delete(NAMESPACES.joinedExecutions, key);
    });
  }

  #sealsTheSame(executionId: Uint8Array, sealed: Uint8Array, plaintext: Uint8Array): boolean {
    const opened = this.#sealer.open(placeOf(executionId), sealed);
    try {
      return opened.expose((bytes) => equalBytes(bytes, plaintext));
    } finally {
      opened.wipe();
    }
  }

  #open(executionId: Uint8Array, sealed: Uint8Array): EpochShares {
    const place = placeOf(executionId);
    const opened = this.#sealer.open(place, sealed);
    try {
      const shares = opened.expose((bytes) => decode(bytes, this.#curves));
      if (!equalBytes(shares.executionId, executionId)) throw unreadableShares();
      return shares;
    } catch (cause) {
      throw corruptedRow(place.name, cause);
    } finally {
      opened.wipe();
    }
  }
}

function placeOf(executionId: Uint8Array): SealedPlace {
  return { namespace: NAMESPACES.keyShares, key: executionId, name: `key shares of execution ${toHex(executionId)}` };
}

/** Version and public fields, kind u8 and length u16 of each share, and then the shares, in one array to be wiped. */
function encode(shares: EpochShares): Uint8Array {
  const start = new Writer()
    .u8(ENCODING_VERSION)
    .u32(shares.epoch)
    .u32(shares.attempt)
    .fixed(shares.executionId)
    .u16(shares.self)
    .fixed(shares.resultHash)
    .fixed(shares.transcriptDigest)
    .bytes(encodePublicKeyPackage(shares.publicKeyPackage))
    .u16(shares.shares.length)
    .finish();
  const headers = shares.shares.map(({ name, share }) =>
    new Writer().u8(ROOT_KEYS[name].kind).u16(share.length).finish(),
  );
  const secretBytes = shares.shares.reduce((sum, { share }) => sum + share.length, 0);
  const out = concatBytes(start, ...headers, new Uint8Array(secretBytes));
  let offset = out.length - secretBytes;
  for (const { share } of shares.shares) {
    share.expose((bytes) => out.set(bytes, offset));
    offset += share.length;
  }
  return out;
}

function decode(bytes: Uint8Array, curves: Curves): EpochShares {
  const reader = new Reader(bytes);
  if (reader.u8() !== ENCODING_VERSION) throw unreadableShares();
  const start = {
    epoch: reader.u32(),
    attempt: reader.u32(),
    executionId: reader.fixed(DIGEST_BYTES),
    self: reader.u16(),
    resultHash: reader.fixed(DIGEST_BYTES),
    transcriptDigest: reader.fixed(DIGEST_BYTES),
    publicKeyPackage: decodePublicKeyPackage(curves, reader.bytes()),
  };
  const headers = reader.list(ROOT_KEY_NAMES.length, (header) => ({ kind: header.u8(), length: header.u16() }));
  const shares = headers.map(({ kind, length }) => {
    const name = ROOT_KEY_NAMES.find((candidate) => ROOT_KEYS[candidate].kind === kind);
    if (name === undefined) throw unreadableShares();
    return { name, share: new SecretBytes(reader.fixed(length)) };
  });
  reader.end();
  return { ...start, shares };
}

/** Authentic and still not what this release writes; the caller adds which entry it is. */
function unreadableShares(): NodeError {
  return corruptedRow('key shares');
}

function conflict(executionId: Uint8Array): NodeError {
  return new NodeError('Other shares are kept for the same execution.', {
    code: 'store/conflict',
    fault: 'bug',
    details: { executionId: toHex(executionId) },
  });
}

function noSuchShares(executionId: Uint8Array): NodeError {
  return new NodeError('The shares to be activated are not in the store.', {
    code: 'store/no-such-shares',
    fault: 'environment',
    hint: 'This node finished the key generation in another data directory, or its disk was rolled back.',
    details: { executionId: toHex(executionId) },
  });
}
