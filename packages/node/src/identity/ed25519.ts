import * as crypto from 'node:crypto';
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { concatBytes, fromHex, type SecretBytes } from '@keymesh/foundation';
import { createOpensslPrimitives, type NodeKeys } from '@keymesh/protocol/openssl-primitives';

/** Bytes of an Ed25519 public key, and of the seed of a private key (RFC 8032 §5.1.5). */
export const ED25519_KEY_BYTES = 32;
/** Bytes of an Ed25519 signature (RFC 8032 §5.1.6). */
export const ED25519_SIGNATURE_BYTES = 64;

/** DER around the raw keys (RFC 8410 §4 and §7); every Ed25519 key has exactly this prefix. */
const SPKI_PREFIX = fromHex('302a300506032b6570032100');
const PKCS8_PREFIX = fromHex('302e020100300506032b657004220420');

/** The SubjectPublicKeyInfo of a raw 32-byte key (RFC 8410 §4). */
export function spkiOf(publicKey: Uint8Array): Uint8Array {
  return concatBytes(SPKI_PREFIX, publicKey);
}

/** The raw key of an Ed25519 SubjectPublicKeyInfo; `undefined` for a key of any other kind. */
export function rawKeyOfSpki(spki: Uint8Array): Uint8Array | undefined {
  if (spki.length !== SPKI_PREFIX.length + ED25519_KEY_BYTES) return undefined;
  if (SPKI_PREFIX.some((byte, i) => spki[i] !== byte)) return undefined;
  return Uint8Array.from(spki.subarray(SPKI_PREFIX.length));
}

/** Signs with one Ed25519 private key, which stays inside OpenSSL and is never printed. */
export class Ed25519Signer {
  /** 32 bytes, RFC 8032 encoding. */
  readonly publicKey: Uint8Array;
  readonly #privateKey: KeyObject;

  /** @param seed 32 bytes; still the caller's to wipe. */
  constructor(seed: SecretBytes) {
    this.#privateKey = seed.expose(privateKeyOf);
    const spki = createPublicKey(this.#privateKey).export({ type: 'spki', format: 'der' });
    this.publicKey = Uint8Array.from(spki.subarray(SPKI_PREFIX.length));
  }

  /** The 64-byte signature (RFC 8032 §5.1.6, no prehash). */
  sign(message: Uint8Array): Uint8Array {
    return Uint8Array.from(sign(null, message, this.#privateKey));
  }

  /** Runs `use` with the PKCS #8 PEM that `node:tls` insists on. The bytes are wiped when it returns. */
  exposePem<T>(use: (pem: Buffer) => T): T {
    const pem = Buffer.from(this.#privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
    try {
      return use(pem);
    } finally {
      pem.fill(0);
    }
  }
}

/** Whether `signature` is `publicKey`'s on `message`. Malformed keys and signatures give false. */
export const { verifyEd25519 } = createOpensslPrimitives(crypto as unknown as NodeKeys, 'long-lived');

function privateKeyOf(seed: Uint8Array): KeyObject {
  const der = Buffer.from(concatBytes(PKCS8_PREFIX, seed));
  try {
    return createPrivateKey({ key: der, type: 'pkcs8', format: 'der' });
  } finally {
    der.fill(0);
  }
}
