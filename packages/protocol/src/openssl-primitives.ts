import { concatBytes, fromHex } from '@keymesh/foundation';
import { noblePrimitives, type Primitives } from './primitives.ts';

declare const key: unique symbol;
/** A key inside OpenSSL. */
export type OpensslKey = { readonly [key]: true };

/** DER of a raw key. */
interface DerKey<Type extends string> {
  readonly key: Uint8Array;
  readonly format: 'der';
  readonly type: Type;
}

/** The parts of `node:crypto` that are used. This package imports no platform module: the caller passes it. */
export interface NodeKeys {
  createPrivateKey(from: DerKey<'pkcs8'>): unknown;
  createPublicKey(from: DerKey<'spki'> | OpensslKey): { export(as: { type: 'spki'; format: 'der' }): Uint8Array };
  diffieHellman(keys: { readonly privateKey: OpensslKey; readonly publicKey: OpensslKey }): Uint8Array;
  verify(algorithm: null, message: Uint8Array, publicKey: OpensslKey, signature: Uint8Array): boolean;
}

const KEY_BYTES = 32;
const ED25519_SIGNATURE_BYTES = 64;
/** DER around raw keys (RFC 8410 §4 and §7). */
const X25519_SPKI_PREFIX = fromHex('302a300506032b656e032100');
const X25519_PKCS8_PREFIX = fromHex('302e020100300506032b656e04220420');
const ED25519_SPKI_PREFIX = fromHex('302a300506032b6570032100');

/**
 * The wire's public-key operations over OpenSSL, which has X25519 and Ed25519 in constant time and 10 to 20 times faster
 * than portable code. Recovery is noble's.
 *
 * @param crypto the module `node:crypto`, or what has its functions.
 */
export function createOpensslPrimitives(crypto: NodeKeys): Primitives {
  const publicKeyOf = (prefix: Uint8Array, raw: Uint8Array): OpensslKey =>
    crypto.createPublicKey({ key: concatBytes(prefix, raw), format: 'der', type: 'spki' }) as unknown as OpensslKey;
  // Making a key from bytes costs OpenSSL more than using it, and each secret is used two or three times, a node's for
  // every request. An entry lives as long as the array of the secret, which `SecretBytes` hands out as one and the same.
  const privateKeys = new WeakMap<Uint8Array, OpensslKey>();
  const privateKeyOf = (secretKey: Uint8Array): OpensslKey => {
    const known = privateKeys.get(secretKey);
    if (known !== undefined) return known;
    const der = concatBytes(X25519_PKCS8_PREFIX, secretKey);
    try {
      const made = crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }) as OpensslKey;
      privateKeys.set(secretKey, made);
      return made;
    } finally {
      der.fill(0);
    }
  };
  return {
    x25519: (secretKey, publicKey) =>
      Uint8Array.from(
        crypto.diffieHellman({
          privateKey: privateKeyOf(secretKey),
          publicKey: publicKeyOf(X25519_SPKI_PREFIX, publicKey),
        }),
      ),
    x25519PublicKey: (secretKey) => {
      const spki = crypto.createPublicKey(privateKeyOf(secretKey)).export({ type: 'spki', format: 'der' });
      return Uint8Array.from(spki.subarray(X25519_SPKI_PREFIX.length));
    },
    verifyEd25519: (publicKey, message, signature) => {
      if (publicKey.length !== KEY_BYTES || signature.length !== ED25519_SIGNATURE_BYTES) return false;
      try {
        return crypto.verify(null, message, publicKeyOf(ED25519_SPKI_PREFIX, publicKey), signature);
      } catch {
        return false; // OpenSSL throws for bytes that are no point
      }
    },
    recoverSecp256k1: noblePrimitives.recoverSecp256k1,
  };
}
