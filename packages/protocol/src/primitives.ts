import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';

/**
 * The public-key operations of the wire, behind an interface because they are most of what a request costs a node, and
 * a platform may have them 10 to 20 times faster than portable code. All take and return raw bytes. The array of a secret
 * key must hold the same key for as long as it is used as one: implementations may remember what they made of it.
 */
export interface Primitives {
  /** X25519 (RFC 7748 §5): 32 bytes of each. @throws if the public key has a small order. */
  x25519(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array;
  /** The public key of a secret one, 32 bytes. */
  x25519PublicKey(secretKey: Uint8Array): Uint8Array;
  /** Whether the 64-byte signature is the 32-byte key's on the message (RFC 8032 §5.1.7). False for malformed input. */
  verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /**
   * The key that signed a hash (SEC 1 §4.1.6): 65 bytes, uncompressed; `undefined` if there is none.
   * @param signature r ‖ s, 64 bytes.
   */
  recoverSecp256k1(hash: Uint8Array, signature: Uint8Array, recovery: 0 | 1): Uint8Array | undefined;
}

/** The reference implementation, which runs everywhere. */
export const noblePrimitives: Primitives = {
  x25519: (secretKey, publicKey) => x25519.getSharedSecret(secretKey, publicKey),
  x25519PublicKey: (secretKey) => x25519.getPublicKey(secretKey),
  verifyEd25519: (publicKey, message, signature) => {
    try {
      return ed25519.verify(signature, message, publicKey, { zip215: false });
    } catch {
      return false;
    }
  },
  recoverSecp256k1: (hash, signature, recovery) => {
    try {
      const recovered = Uint8Array.from([recovery, ...signature]);
      const publicKey = secp256k1.recoverPublicKey(recovered, hash, { prehash: false });
      return secp256k1.Point.fromBytes(publicKey).toBytes(false);
    } catch {
      return undefined;
    }
  },
};
