import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';
import { concatBytes, fromHex, toHex } from '@keymesh/foundation';
import { noblePrimitives, type Primitives } from '@keymesh/protocol/primitives';
import { verifyEd25519 } from '../identity/ed25519.ts';
import { RECOVERED_SIGNERS_MAX } from '../requests/limits.ts';

/** DER around raw X25519 keys (RFC 8410 §4 and §7). */
const SPKI_PREFIX = fromHex('302a300506032b656e032100');
const PKCS8_PREFIX = fromHex('302e020100300506032b656e04220420');

/**
 * The wire's public-key operations over OpenSSL, which has X25519 and Ed25519 in constant time and 10 to 20 times faster
 * than portable code. Recovery is noble's; its results are remembered, because a wallet's one signature comes with every
 * request of a session.
 */
export function createOpensslPrimitives(): Primitives {
  const recovered = new Map<string, Uint8Array | undefined>();
  return {
    x25519: (secretKey, publicKey) =>
      Uint8Array.from(diffieHellman({ privateKey: privateKeyOf(secretKey), publicKey: publicKeyOf(publicKey) })),
    x25519PublicKey: (secretKey) => {
      const spki = createPublicKey(privateKeyOf(secretKey)).export({ type: 'spki', format: 'der' });
      return Uint8Array.from(spki.subarray(SPKI_PREFIX.length));
    },
    verifyEd25519,
    recoverSecp256k1: (hash, signature, recovery) => {
      const key = `${recovery}${toHex(hash)}${toHex(signature)}`;
      if (recovered.has(key)) return recovered.get(key);
      const publicKey = noblePrimitives.recoverSecp256k1(hash, signature, recovery);
      if (recovered.size >= RECOVERED_SIGNERS_MAX) recovered.clear();
      recovered.set(key, publicKey);
      return publicKey;
    },
  };
}

function privateKeyOf(secretKey: Uint8Array): KeyObject {
  const der = Buffer.from(concatBytes(PKCS8_PREFIX, secretKey));
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}

function publicKeyOf(publicKey: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.from(concatBytes(SPKI_PREFIX, publicKey)), format: 'der', type: 'spki' });
}
