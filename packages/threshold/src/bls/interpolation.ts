import type { PartyIndex } from '@keymesh/foundation';
import { invert } from '@noble/curves/abstract/modular.js';
import { assertDistinctParties } from '../sharing/index.ts';
import { BLS_ORDER, type BlsBackend, type G2Point } from './backend.ts';

/**
 * Lagrange coefficients at 0 as integers over one denominator: f(0) = (Σ weights[i] · f(indices[i])) / denominator.
 *
 * Party indices are small, so the weights are small too (three bits for 1 … 4, about 80 for 67 parties of 100), while
 * a coefficient modulo r has 255. Multiplying by the weights and once by 1/denominator is that much cheaper.
 *
 * @throws ThresholdError `sharing/invalid-party` for a repeated or invalid index.
 */
export function integerLagrangeAtZero(indices: readonly PartyIndex[]): {
  readonly weights: readonly bigint[];
  readonly denominator: bigint;
} {
  assertDistinctParties(indices);
  const fractions = indices.map((own) => {
    let numerator = 1n;
    let denominator = 1n;
    for (const other of indices) {
      if (other === own) continue;
      numerator *= BigInt(other);
      denominator *= BigInt(other - own);
    }
    const divisor = greatestCommonDivisor(numerator, denominator);
    return { numerator: numerator / divisor, denominator: denominator / divisor };
  });
  const denominator = fractions.reduce((lcm, { denominator: next }) => {
    const magnitude = next < 0n ? -next : next;
    return (lcm / greatestCommonDivisor(lcm, magnitude)) * magnitude;
  }, 1n);
  const weights = fractions.map((fraction) => fraction.numerator * (denominator / fraction.denominator));
  return { weights, denominator };
}

/**
 * The point at 0 of the polynomial through `points` at `indices`, "in the exponent".
 * @throws ThresholdError `sharing/invalid-party` for a repeated or invalid index.
 */
export function interpolateG2AtZero(
  backend: BlsBackend,
  indices: readonly PartyIndex[],
  points: readonly G2Point[],
): G2Point {
  const { weights, denominator } = integerLagrangeAtZero(indices);
  const sum = backend.sumOfProductsG2(points, weights);
  return denominator === 1n ? sum : backend.sumOfProductsG2([sum], [invert(denominator, BLS_ORDER)]);
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
