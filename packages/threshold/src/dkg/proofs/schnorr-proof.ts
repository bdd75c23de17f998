import { bytesToBigint, type Reader, type Transcript, type Writer } from '@keymesh/foundation';
import { type Curve, modulo, type Point } from '../../curves/index.ts';

/**
 * A Fiat–Shamir proof in challenge–response form: the verifier recomputes the nonce commitment from it. Compared with
 * the form (R, z) it has no point to decode, and decoding is what costs on BLS12-381.
 */
export interface SchnorrProof {
  readonly challenge: bigint;
  readonly response: bigint;
}

/**
 * The challenge that a transcript gives: 256 bits, reduced where the order has fewer (P-384 and Ed448 have more). No
 * challenge that can occur is more than twice as likely as another, so a cheater's chance is at most 2^-250, and honest
 * proofs and simulated ones have the same distribution.
 */
export function challengeOf(curve: Curve, transcript: Transcript): bigint {
  return modulo(curve, bytesToBigint(transcript.digest()));
}

/** response · base − challenge · point: the nonce commitment that an honest prover started from. */
export function recomputeNonce(curve: Curve, base: Point, point: Point, proof: SchnorrProof): Point {
  return curve.sumOfProductsPublic([base, point], [proof.response, modulo(curve, -proof.challenge)]);
}

/** Length of an encoded proof. Bytes. */
export function proofBytes(curve: Curve): number {
  return 2 * curve.scalarBytes;
}

export function writeProof(writer: Writer, curve: Curve, proof: SchnorrProof): Writer {
  return writer.fixed(curve.encodeScalar(proof.challenge)).fixed(curve.encodeScalar(proof.response));
}

/** @throws KeymeshError `curve/invalid-scalar` or `encoding/malformed`. */
export function readProof(reader: Reader, curve: Curve): SchnorrProof {
  const challenge = curve.decodeScalar(reader.fixed(curve.scalarBytes));
  const response = curve.decodeScalar(reader.fixed(curve.scalarBytes));
  return { challenge, response };
}
