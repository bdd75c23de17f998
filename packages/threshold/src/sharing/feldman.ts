import { bytesToBigint, type PartyIndex, type RandomSource } from '@keymesh/foundation';
import { type Curve, modulo, type Point } from '../curves/index.ts';
import { assertPartyIndex } from './parameters.ts';
import type { Polynomial } from './polynomial.ts';

/** Length of the random weights in a batch verification: a wrong share passes with probability 2^-128. Bytes. */
const BATCH_WEIGHT_BYTES = 16;

/**
 * Feldman's commitments to a polynomial: coefficient · generator for each (Feldman, FOCS 1987).
 * @throws ThresholdError `curve/invalid-scalar` if a coefficient is zero; `randomPolynomial` makes none.
 */
export function commitToPolynomial(curve: Curve, polynomial: Polynomial): readonly Point[] {
  return polynomial.map((coefficient) => curve.multiplyBase(coefficient));
}

/**
 * The committed polynomial "in the exponent" at a party's index: f(index) · generator, the verifying share of that
 * party. Horner's rule with a small public index.
 *
 * @param commitments constant term first, decoded and thereby valid.
 * @throws ThresholdError `sharing/invalid-party`.
 */
export function evaluateCommitments(curve: Curve, commitments: readonly Point[], index: PartyIndex): Point {
  assertPartyIndex(index);
  const x = BigInt(index);
  return commitments.reduceRight(
    (sum, commitment) => curve.add(curve.multiplyPublic(sum, x), commitment),
    curve.identity,
  );
}

/** Whether `share` (SECRET) is the committed polynomial at `index`. */
export function verifyPolynomialShare(
  curve: Curve,
  commitments: readonly Point[],
  index: PartyIndex,
  share: bigint,
): boolean {
  const expected = evaluateCommitments(curve, commitments, index);
  return share === 0n ? curve.isIdentity(expected) : curve.equals(curve.multiplyBase(share), expected);
}

/** One dealer's claim in `verifyPolynomialShares`. */
export interface DealtShare {
  readonly commitments: readonly Point[];
  readonly share: bigint;
}

/**
 * Whether all shares that several dealers gave to ONE party lie on their polynomials. Faster than one by one, by a
 * random linear combination of the equations; a wrong share passes with probability 2^-128. It does not say which
 * share is wrong: check one by one after a `false`.
 */
export function verifyPolynomialShares(
  curve: Curve,
  index: PartyIndex,
  dealt: readonly DealtShare[],
  random: RandomSource,
): boolean {
  const weights = dealt.map(() => bytesToBigint(random(BATCH_WEIGHT_BYTES)));
  const expected = curve.sumOfProductsPublic(
    dealt.map(({ commitments }) => evaluateCommitments(curve, commitments, index)),
    weights,
  );
  const combined = dealt.reduce((sum, { share }, i) => modulo(curve, sum + share * (weights[i] as bigint)), 0n);
  return combined === 0n ? curve.isIdentity(expected) : curve.equals(curve.multiplyBase(combined), expected);
}
