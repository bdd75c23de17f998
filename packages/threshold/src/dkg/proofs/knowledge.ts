import { type PartyIndex, type RandomSource, Transcript, utf8 } from '@keymesh/foundation';
import { type Curve, modulo, type Point, randomScalar } from '../../curves/index.ts';
import { challengeOf, recomputeNonce, type SchnorrProof } from './schnorr-proof.ts';

/** What is proven: `prover` knows the discrete logarithm of `point`, in this run, for this purpose. */
export interface KnowledgeStatement {
  readonly executionId: Uint8Array;
  readonly prover: PartyIndex;
  /** What the key is for: a root key's name, or `share-encryption`. A proof for one is none for another. */
  readonly purpose: string;
  readonly curve: Curve;
  readonly point: Point;
}

/**
 * Proves knowledge of the secret behind a point (Schnorr, "Efficient signature generation by smart cards", 1991, made
 * non-interactive; as `PoK` in FROST's key generation, Komlo–Goldberg, SAC 2020, §5.1).
 * @param secret the discrete logarithm. SECRET.
 */
export function proveKnowledge(statement: KnowledgeStatement, secret: bigint, random: RandomSource): SchnorrProof {
  const { curve } = statement;
  const nonce = randomScalar(curve, random);
  const challenge = challengeFor(statement, curve.multiplyBase(nonce));
  return { challenge, response: modulo(curve, nonce + challenge * secret) };
}

export function verifyKnowledge(statement: KnowledgeStatement, proof: SchnorrProof): boolean {
  const { curve, point } = statement;
  const nonceCommitment = recomputeNonce(curve, curve.generator, point, proof);
  // The identity has no encoding. An honest nonce is never zero.
  return !curve.isIdentity(nonceCommitment) && challengeFor(statement, nonceCommitment) === proof.challenge;
}

function challengeFor({ executionId, prover, purpose, curve, point }: KnowledgeStatement, nonce: Point): bigint {
  const transcript = new Transcript('dkg/v1/knowledge')
    .append('execution', executionId)
    .appendU32('prover', prover)
    .append('purpose', utf8(purpose))
    .append('curve', utf8(curve.name))
    .append('point', curve.encodePoint(point))
    .append('nonce', curve.encodePoint(nonce));
  return challengeOf(curve, transcript);
}
