import type { Curve } from '../curves/index.ts';
import { modulo } from '../curves/index.ts';
import type { FrostSuite } from './suite.ts';

/**
 * Whether a signature of the suite verifies under a public key. Strict: canonical encodings and points of prime order
 * only, so for Ed25519 it accepts no more than RFC 8032 verifiers do.
 *
 * @param publicKey an encoded point of the suite's curve (33 bytes also for Taproot; its y does not matter).
 */
export function verifySignature(
  suite: FrostSuite,
  curve: Curve,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (signature.length !== suite.signatureBytes) return false;
  const commitmentBytes = suite.signatureBytes - curve.scalarBytes;
  try {
    const encodedCommitment = suite.decodeCommitment(signature.slice(0, commitmentBytes));
    const groupCommitment = curve.decodePoint(encodedCommitment);
    const response = curve.decodeScalar(suite.decodeResponse(signature.slice(commitmentBytes)));
    const challenge = suite.hashToChallenge(encodedCommitment, publicKey, suite.prepareMessage(message));
    const weight = suite.readsAsNegative(publicKey) ? modulo(curve, -challenge) : challenge;
    const expected = curve.add(groupCommitment, curve.multiplyPublic(curve.decodePoint(publicKey), weight));
    return curve.equals(curve.multiplyBasePublic(response), expected);
  } catch {
    return false;
  }
}
