import { createPublicKey, verify } from 'node:crypto';
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Signed, SigningTask } from '../client/signing-client.ts';

const ED25519_SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * Verifies with code that the project did not write: OpenSSL for Ed25519, noble for the rest. An ECDSA signature must
 * be low-s and give the key back by its recovery id.
 */
export function isValidSignature({ scheme, message }: SigningTask, signed: Signed): boolean {
  const { signature, publicKey } = signed;
  if (scheme === 'SchnorrEd25519Sha512') {
    const key = createPublicKey({ key: Buffer.concat([ED25519_SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
    return verify(null, message, key, signature);
  }
  if (scheme === 'SchnorrK256Taproot') return schnorr.verify(signature, sha256(message), publicKey);
  if (scheme === 'EcdsaK256Sha256') return isEcdsaSignature(message, signed);
  return isFrostSecp256k1Signature(message, signature, publicKey);
}

function isEcdsaSignature(digest: Uint8Array, { signature, publicKey, recoveryId }: Signed): boolean {
  const recoverable = Buffer.concat([Uint8Array.of(recoveryId ?? 4), signature]);
  return (
    secp256k1.verify(signature, digest, publicKey, { prehash: false, lowS: true }) &&
    Buffer.from(secp256k1.recoverPublicKey(recoverable, digest, { prehash: false })).equals(publicKey)
  );
}

/** z·G = R + c·PK with the challenge of FROST(secp256k1, SHA-256), RFC 9591 §6.5: hash_to_field of R ‖ PK ‖ message. */
function isFrostSecp256k1Signature(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  const { Point } = secp256k1;
  const commitment = signature.subarray(0, 33);
  const response = BigInt(`0x${Buffer.from(signature.subarray(33)).toString('hex')}`);
  const challenge = hashToScalar(Buffer.concat([commitment, publicKey, message]));
  const expected = Point.fromBytes(commitment).add(Point.fromBytes(publicKey).multiplyUnsafe(challenge));
  return Point.BASE.multiplyUnsafe(response).equals(expected);
}

/** expand_message_xmd of RFC 9380 §5.3.1 with SHA-256 for 48 bytes, reduced. */
function hashToScalar(input: Uint8Array): bigint {
  const dst = Buffer.from('FROST-secp256k1-SHA256-v1chal');
  const suffix = Buffer.concat([dst, Uint8Array.of(dst.length)]);
  const b0 = sha256(Buffer.concat([new Uint8Array(64), input, Uint8Array.of(0, 48, 0), suffix]));
  const b1 = sha256(Buffer.concat([b0, Uint8Array.of(1), suffix]));
  const b2 = sha256(Buffer.concat([b0.map((byte, i) => byte ^ (b1[i] as number)), Uint8Array.of(2), suffix]));
  const uniform = Buffer.concat([b1, b2]).subarray(0, 48);
  return BigInt(`0x${uniform.toString('hex')}`) % secp256k1.Point.Fn.ORDER;
}
