import { equalBytes } from '@keymesh/foundation';
import { assertSamePrimitives, type SymmetricPrimitives } from '../primitives.ts';

interface BlockCipher {
  setAutoPadding(on: boolean): unknown;
  update(data: Uint8Array): Uint8Array;
}

/** The parts of `node:crypto` that are used. This package imports no platform module: the caller passes it. */
export interface NodeCrypto<Key = object> {
  createSecretKey(key: Uint8Array): Key;
  createCipheriv(algorithm: 'aes-256-ecb', key: Key, iv: null): BlockCipher;
  hash(algorithm: 'sha256', data: Uint8Array, outputEncoding: 'buffer'): Uint8Array;
}

/**
 * The symmetric primitives over OpenSSL: constant-time where the processor has AES instructions.
 *
 * @param crypto the module `node:crypto`.
 * @throws ThresholdError `ecdsa/primitives-unavailable` if it computes something else than the reference.
 */
export function createOpenSslPrimitives<Key>(crypto: NodeCrypto<Key>): SymmetricPrimitives {
  // Making a cipher costs as much as encrypting 40 kB, and keys, which are public here, come in runs.
  let last: { readonly key: Uint8Array; readonly cipher: BlockCipher } | undefined;
  const cipherFor = (key: Uint8Array): BlockCipher => {
    if (last !== undefined && equalBytes(last.key, key)) return last.cipher;
    // A key object, because Node looks at bytes as a key by way of exceptions, which takes longer than all the rest.
    const cipher = crypto.createCipheriv('aes-256-ecb', crypto.createSecretKey(key), null);
    cipher.setAutoPadding(false);
    last = { key: key.slice(), cipher };
    return cipher;
  };
  return assertSamePrimitives({
    backend: 'openssl',
    encryptBlocks: (key, blocks) => plain(cipherFor(key).update(blocks)),
    sha256: (bytes) => plain(crypto.hash('sha256', bytes, 'buffer')),
  });
}

/** A `Buffer` looks like a `Uint8Array`, but its `slice` does not copy. */
function plain({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
