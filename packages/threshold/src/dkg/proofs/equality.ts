import { type PartyIndex, type RandomSource, Transcript } from '@keymesh/foundation';
import { type Curve, modulo, type Point, randomScalar } from '../../curves/index.ts';
import { challengeOf, recomputeNonce, type SchnorrProof } from './schnorr-proof.ts';

/** What is proven: `shared` is the Diffie–Hellman value of `proverKey` and `peerKey`. */
export interface EqualityStatement {
  readonly executionId: Uint8Array;
  /** The one who complains and knows the secret of `proverKey`. */
  readonly prover: PartyIndex;
  /** The dealer complained about. */
  readonly peer: PartyIndex;
  readonly curve: Curve;
  readonly proverKey: Point;
  readonly peerKey: Point;
  readonly shared: Point;
}

/**
 * Proves that log_G(proverKey) = log_peerKey(shared) without showing it (Chaum–Pedersen, "Wallet databases with
 * observers", CRYPTO 1992), bound to the run and to both parties.
 * @param secret the discrete logarithm of `proverKey`. SECRET.
 */
export function proveEquality(statement: EqualityStatement, secret: bigint, random: RandomSource): SchnorrProof {
  const { curve, peerKey } = statement;
  const nonce = randomScalar(curve, random);
  const challenge = challengeFor(statement, curve.multiplyBase(nonce), curve.multiply(peerKey, nonce));
  return { challenge, response: modulo(curve, nonce + challenge * secret) };
}

export function verifyEquality(statement: EqualityStatement, proof: SchnorrProof): boolean {
  const { curve, proverKey, peerKey, shared } = statement;
  const baseNonce = recomputeNonce(curve, curve.generator, proverKey, proof);
  const peerNonce = recomputeNonce(curve, peerKey, shared, proof);
  if (curve.isIdentity(baseNonce) || curve.isIdentity(peerNonce)) return false;
  return challengeFor(statement, baseNonce, peerNonce) === proof.challenge;
}

function challengeFor(statement: EqualityStatement, baseNonce: Point, peerNonce: Point): bigint {
  const { curve } = statement;
  const transcript = new Transcript('dkg/v1/complaint')
    .append('execution', statement.executionId)
    .appendU32('prover', statement.prover)
    .appendU32('peer', statement.peer)
    .append('prover key', curve.encodePoint(statement.proverKey))
    .append('peer key', curve.encodePoint(statement.peerKey))
    .append('shared', curve.encodePoint(statement.shared))
    .append('base nonce', curve.encodePoint(baseNonce))
    .append('peer nonce', curve.encodePoint(peerNonce));
  return challengeOf(curve, transcript);
}
