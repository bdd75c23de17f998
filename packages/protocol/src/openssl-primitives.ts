import { concatBytes, fromHex } from '@keymesh/foundation';
import { base64urlnopad } from '@scure/base';
import { PUBLIC_KEYS_REMEMBERED_MAX } from './limits.ts';
import { noblePrimitives, type Primitives } from './primitives.ts';

declare const key: unique symbol;
/** A key inside OpenSSL. */
export type OpensslKey = { readonly [key]: true };

/** A key of RFC 8410 as a JWK (RFC 8037 §2). */
interface Jwk {
  readonly key: { readonly kty: 'OKP'; readonly crv: 'X25519' | 'Ed25519'; readonly x: string; readonly d?: string };
  readonly format: 'jwk';
}

/** The same as DER. */
interface Pkcs8 {
  readonly key: Uint8Array;
  readonly format: 'der';
  readonly type: 'pkcs8';
}

/** The parts of `node:crypto` that are used. This package imports no platform module: the caller passes it. */
export interface NodeKeys {
  createPrivateKey(from: Pkcs8 | Jwk): unknown;
  createPublicKey(from: Jwk | OpensslKey): { export(as: { format: 'jwk' }): { readonly x?: string } };
  diffieHellman(keys: { readonly privateKey: OpensslKey; readonly publicKey: OpensslKey }): Uint8Array;
  verify(algorithm: null, message: Uint8Array, publicKey: OpensslKey, signature: Uint8Array): boolean;
}

const KEY_BYTES = 32;
const ED25519_SIGNATURE_BYTES = 64;
/** DER around a raw secret (RFC 8410 §7). */
const X25519_PKCS8_PREFIX = fromHex('302e020100300506032b656e04220420');
/** A JWK of a secret must have a public key, which OpenSSL computes itself and does not read. */
const UNREAD_PUBLIC_KEY = base64urlnopad.encode(new Uint8Array(KEY_BYTES));

/**
 * The wire's public-key operations over OpenSSL, which has X25519 and Ed25519 in constant time and 10 to 20 times faster
 * than portable code. Recovery is noble's.
 *
 * @param crypto the module `node:crypto`, or what has its functions.
 * @param secrets `short-lived` where each X25519 secret serves one request, as a client's does. OpenSSL takes those as
 *   JWK, ten times faster than as DER; but a JWK is a text, and a text cannot be wiped, so what lives longer goes as DER.
 */
export function createOpensslPrimitives(crypto: NodeKeys, secrets: 'short-lived' | 'long-lived'): Primitives {
  // A client asks the same nodes again and again; a node needs a client's key to open and again to answer.
  const publicKeys = new Map<string, OpensslKey>();
  const publicKeyOf = (crv: 'X25519' | 'Ed25519', raw: Uint8Array): OpensslKey => {
    const x = base64urlnopad.encode(raw);
    const known = publicKeys.get(crv + x);
    if (known !== undefined) return known;
    const made = crypto.createPublicKey({ key: { kty: 'OKP', crv, x }, format: 'jwk' }) as unknown as OpensslKey;
    if (publicKeys.size >= PUBLIC_KEYS_REMEMBERED_MAX) publicKeys.clear();
    publicKeys.set(crv + x, made);
    return made;
  };
  const makePrivateKey = secrets === 'short-lived' ? privateKeyOfJwk : privateKeyOfDer;
  // Making a key from bytes costs OpenSSL more than using it, and each secret is used two or three times, a node's for
  // every request. An entry lives as long as the array of the secret, which `SecretBytes` hands out as one and the same.
  const privateKeys = new WeakMap<Uint8Array, OpensslKey>();
  const privateKeyOf = (secretKey: Uint8Array): OpensslKey => {
    const known = privateKeys.get(secretKey);
    if (known !== undefined) return known;
    const made = makePrivateKey(crypto, secretKey);
    privateKeys.set(secretKey, made);
    return made;
  };
  return {
    x25519: (secretKey, publicKey) =>
      Uint8Array.from(
        crypto.diffieHellman({ privateKey: privateKeyOf(secretKey), publicKey: publicKeyOf('X25519', publicKey) }),
      ),
    x25519PublicKey: (secretKey) => {
      const { x = '' } = crypto.createPublicKey(privateKeyOf(secretKey)).export({ format: 'jwk' });
      return base64urlnopad.decode(x);
    },
    verifyEd25519: (publicKey, message, signature) => {
      if (publicKey.length !== KEY_BYTES || signature.length !== ED25519_SIGNATURE_BYTES) return false;
      try {
        return crypto.verify(null, message, publicKeyOf('Ed25519', publicKey), signature);
      } catch {
        return false; // OpenSSL throws for bytes that are no point
      }
    },
    recoverSecp256k1: noblePrimitives.recoverSecp256k1,
  };
}

function privateKeyOfJwk(crypto: NodeKeys, secretKey: Uint8Array): OpensslKey {
  const key = { kty: 'OKP', crv: 'X25519', x: UNREAD_PUBLIC_KEY, d: base64urlnopad.encode(secretKey) } as const;
  return crypto.createPrivateKey({ key, format: 'jwk' }) as OpensslKey;
}

function privateKeyOfDer(crypto: NodeKeys, secretKey: Uint8Array): OpensslKey {
  const der = concatBytes(X25519_PKCS8_PREFIX, secretKey);
  try {
    return crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }) as OpensslKey;
  } finally {
    der.fill(0);
  }
}
