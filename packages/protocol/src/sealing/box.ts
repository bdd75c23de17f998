import { type SecretBytes, utf8 } from '@keymesh/foundation';
import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import type { Primitives } from '../primitives.ts';

/** Bytes of an X25519 key, public or secret. */
export const KEY_BYTES = 32;
/** Bytes of the Poly1305 tag, which comes first. */
export const TAG_BYTES = 16;

/** A node's secret key serves every request; its public key need not be computed for each. Holds public bytes only. */
const publicKeys = new WeakMap<SecretBytes, Uint8Array>();

/** The X25519 public key of a secret one. */
export function publicKeyOf(secretKey: SecretBytes, primitives: Primitives): Uint8Array {
  const known = publicKeys.get(secretKey);
  if (known !== undefined) return known;
  const publicKey = secretKey.expose((bytes) => primitives.x25519PublicKey(bytes));
  publicKeys.set(secretKey, publicKey);
  return publicKey;
}

/** Between whom a box is: the other's public key and one's own secret key. */
export interface BoxKeys {
  readonly publicKey: Uint8Array;
  readonly secretKey: SecretBytes;
  readonly primitives: Primitives;
}

/**
 * NaCl's `crypto_box` (Bernstein, "Cryptography in NaCl", §§5-10): tag (16 bytes) ‖ ciphertext.
 * @param nonce 24 bytes, never used twice between the same two keys.
 * @returns `undefined` if the public key has a small order, so that the shared secret would be known to anyone.
 */
export function sealBox(plaintext: Uint8Array, nonce: Uint8Array, keys: BoxKeys): Uint8Array | undefined {
  return withBoxKey(keys, (key) => xsalsa20poly1305(key, nonce).encrypt(plaintext));
}

/** `crypto_box_open`. @returns `undefined` if the box is not authentic, or the public key has a small order. */
export function openBox(box: Uint8Array, nonce: Uint8Array, keys: BoxKeys): Uint8Array | undefined {
  return withBoxKey(keys, (key) => {
    try {
      return xsalsa20poly1305(key, nonce).decrypt(box);
    } catch {
      return undefined;
    }
  });
}

function withBoxKey<T>({ publicKey, secretKey, primitives }: BoxKeys, use: (key: Uint8Array) => T): T | undefined {
  let shared: Uint8Array;
  try {
    shared = secretKey.expose((bytes) => primitives.x25519(bytes, publicKey));
  } catch {
    return undefined;
  }
  const key = hsalsa20(shared);
  try {
    return use(key);
  } finally {
    shared.fill(0);
    key.fill(0);
  }
}

const SIGMA = utf8('expand 32-byte k');
const ZERO_NONCE_WORDS = new Uint32Array(4);

/** HSalsa20 of a shared secret and the zero nonce: `crypto_box_beforenm`. */
function hsalsa20(shared: Uint8Array): Uint8Array {
  const out = new Uint32Array(8);
  hsalsa(wordsOf(SIGMA), wordsOf(shared), ZERO_NONCE_WORDS, out);
  return new Uint8Array(out.buffer);
}

/** noble reads the bytes in memory order, whatever the byte order of the machine. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  return bytes.byteOffset % 4 === 0
    ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
    : new Uint32Array(bytes.slice().buffer);
}
