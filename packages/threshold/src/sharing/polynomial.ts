import type { PartyIndex, RandomSource } from '@keymesh/foundation';
import { type Curve, randomScalar } from '../curves/index.ts';
import { assertPartyIndex, assertSharingParameters, PARTIES_MAX } from './parameters.ts';

/** Coefficients over the scalar field, constant term first. SECRET: the first is what is shared. */
export type Polynomial = readonly bigint[];

/**
 * A uniformly random polynomial of degree `threshold` − 1 (Shamir, "How to share a secret", 1979).
 * @param constant the secret to share; left out, it is random too.
 * @throws ThresholdError `sharing/invalid-parameters`.
 */
export function randomPolynomial(
  curve: Curve,
  threshold: number,
  random: RandomSource,
  constant: bigint = randomScalar(curve, random),
): Polynomial {
  assertSharingParameters(threshold, PARTIES_MAX);
  const rest = Array.from({ length: threshold - 1 }, () => randomScalar(curve, random));
  return [constant, ...rest];
}

/**
 * The polynomial at a party's index, by Horner's rule: that party's share.
 * @throws ThresholdError `sharing/invalid-party`; in particular for 0, where the polynomial is the secret.
 */
export function evaluatePolynomial(curve: Curve, polynomial: Polynomial, index: PartyIndex): bigint {
  assertPartyIndex(index);
  const x = BigInt(index);
  return polynomial.reduceRight((sum, coefficient) => (sum * x + coefficient) % curve.order, 0n);
}
