import { equalBytes, type PartyIndex, Reader, Transcript, Writer } from '@keymesh/foundation';
import type { Point } from '../curves/index.ts';
import { commitToPolynomial, type Polynomial, randomPolynomial } from '../sharing/index.ts';
import { proveKnowledge, verifyKnowledge } from './proofs/knowledge.ts';
import { readProof, type SchnorrProof, writeProof } from './proofs/schnorr-proof.ts';
import { type Root, rootsOf } from './roots.ts';
import type { ConvictionReason, KeyGenerationParameters } from './types.ts';

/** What a dealer publishes: for each root, in order, commitments to a polynomial of degree t − 1. */
export type Commitments = readonly (readonly Point[])[];

/** This party's contribution. The polynomials are SECRET. */
export interface OwnDealing {
  readonly polynomials: readonly Polynomial[];
  readonly commitments: Commitments;
  /** The encoding of commitments and proofs that round 1 commits to and round 2 publishes. */
  readonly opening: Uint8Array;
}

export function createDealing(parameters: KeyGenerationParameters): OwnDealing {
  const { executionId, self, curves, threshold, random } = parameters;
  const polynomials: Polynomial[] = [];
  const commitments: (readonly Point[])[] = [];
  const writer = new Writer();
  for (const { name, curve } of rootsOf(curves)) {
    const polynomial = randomPolynomial(curve, threshold, random);
    const points = commitToPolynomial(curve, polynomial);
    const statement = { executionId, prover: self, purpose: name, curve, point: points[0] as Point };
    for (const point of points) writer.fixed(curve.encodePoint(point));
    writeProof(writer, curve, proveKnowledge(statement, polynomial[0] as bigint, random));
    polynomials.push(polynomial);
    commitments.push(points);
  }
  return { polynomials, commitments, opening: writer.finish() };
}

/**
 * What round 1 carries of an opening. No blinding is needed to hide it: every commitment in it has the full entropy of
 * its coefficient. The dealer's index keeps a copier from committing to another's opening.
 */
export function hashOpening(executionId: Uint8Array, dealer: PartyIndex, opening: Uint8Array): Uint8Array {
  return new Transcript('dkg/v1/opening')
    .append('execution', executionId)
    .appendU32('dealer', dealer)
    .append('opening', opening)
    .digest();
}

/**
 * Checks everything about a dealing that everyone can see, from messages of its dealer alone: so an honest dealer
 * passes in everybody's view, whatever others did.
 * @returns the decoded commitments, or why the dealer is convicted.
 */
export function checkOpening(
  parameters: KeyGenerationParameters,
  dealer: PartyIndex,
  openingHash: Uint8Array,
  opening: Uint8Array,
): Commitments | ConvictionReason {
  const { executionId, curves, threshold } = parameters;
  if (!equalBytes(hashOpening(executionId, dealer, opening), openingHash)) return 'opening-mismatch';
  const reader = new Reader(opening);
  const commitments: (readonly Point[])[] = [];
  for (const root of rootsOf(curves)) {
    const encoded = Array.from({ length: threshold }, () => reader.fixed(root.curve.pointBytes));
    const points = decodePoints(root, encoded);
    if (points === undefined) return 'invalid-commitment';
    const proof = decodeProof(root, reader);
    const point = points[0] as Point;
    const statement = { executionId, prover: dealer, purpose: root.name, curve: root.curve, point };
    if (proof === undefined || !verifyKnowledge(statement, proof)) return 'invalid-knowledge-proof';
    commitments.push(points);
  }
  return commitments;
}

function decodePoints({ curve }: Root, encoded: readonly Uint8Array[]): readonly Point[] | undefined {
  try {
    return encoded.map((bytes) => curve.decodePoint(bytes));
  } catch {
    return undefined;
  }
}

function decodeProof({ curve }: Root, reader: Reader): SchnorrProof | undefined {
  try {
    return readProof(reader, curve);
  } catch {
    return undefined;
  }
}
