import type { PartyIndex } from '@keymesh/foundation';
import { type Curve, invert, modulo } from '../curves/index.ts';
import { ThresholdError } from '../errors.ts';
import { assertDistinctParties } from './parameters.ts';

/** The value of a polynomial at one party's index. */
export interface Share {
  readonly index: PartyIndex;
  readonly value: bigint;
}

/**
 * The Lagrange coefficients of all `indices`, in their order: Σ coefficient·f(index) = f(at).
 * Small indices make the products cheap, and one inversion serves all of them (Montgomery's trick).
 *
 * @param at where to interpolate; 0 is the shared secret.
 * @throws ThresholdError `sharing/invalid-party` for repeated or invalid indices.
 */
export function lagrangeCoefficients(curve: Curve, indices: readonly PartyIndex[], at = 0): readonly bigint[] {
  assertDistinctParties(indices);
  const numerators: bigint[] = [];
  const denominators: bigint[] = [];
  for (const own of indices) {
    let numerator = 1n;
    let denominator = 1n;
    for (const other of indices) {
      if (other === own) continue;
      numerator = (numerator * BigInt(at - other)) % curve.order;
      denominator = (denominator * BigInt(own - other)) % curve.order;
    }
    numerators.push(numerator);
    denominators.push(denominator);
  }
  const inverses = invertAll(curve, denominators);
  return numerators.map((numerator, i) => modulo(curve, numerator * (inverses[i] as bigint)));
}

/**
 * The Lagrange coefficient of one index within `indices` (RFC 9591 §4.2, `derive_interpolating_value`, for `at` = 0).
 * @throws ThresholdError `sharing/invalid-party` for repeated or invalid indices, or if `own` is not among them.
 */
export function lagrangeCoefficient(curve: Curve, indices: readonly PartyIndex[], own: PartyIndex, at = 0): bigint {
  assertDistinctParties(indices);
  if (!indices.includes(own)) {
    throw new ThresholdError(`Party ${own} is not among those that interpolate.`, {
      code: 'sharing/invalid-party',
      fault: 'caller',
      details: { own, indices },
    });
  }
  let numerator = 1n;
  let denominator = 1n;
  for (const other of indices) {
    if (other === own) continue;
    numerator = (numerator * BigInt(at - other)) % curve.order;
    denominator = (denominator * BigInt(own - other)) % curve.order;
  }
  return modulo(curve, numerator * invert(curve, denominator));
}

/**
 * The polynomial through exactly these shares, at `at`. Anyone who calls this with `at` = 0 holds the whole secret:
 * the network never does; tests, recovery and vectors do.
 *
 * @param threshold the number of shares that determine the polynomial; more shares than that are used too.
 * @throws ThresholdError `sharing/wrong-share-count` for fewer shares than the threshold; `sharing/invalid-party`.
 */
export function interpolate(curve: Curve, shares: readonly Share[], threshold: number, at = 0): bigint {
  if (shares.length < threshold) {
    throw new ThresholdError('There are fewer shares than the threshold.', {
      code: 'sharing/wrong-share-count',
      fault: 'caller',
      hint: `Collect shares of at least ${threshold} parties.`,
      details: { shares: shares.length, threshold },
    });
  }
  const coefficients = lagrangeCoefficients(
    curve,
    shares.map((share) => share.index),
    at,
  );
  return shares.reduce((sum, share, i) => modulo(curve, sum + share.value * (coefficients[i] as bigint)), 0n);
}

function invertAll(curve: Curve, values: readonly bigint[]): readonly bigint[] {
  const prefixes: bigint[] = [];
  let product = 1n;
  for (const value of values) {
    prefixes.push(product);
    product = (product * value) % curve.order;
  }
  let inverse = invert(curve, product);
  const inverses: bigint[] = new Array(values.length);
  for (let i = values.length - 1; i >= 0; i--) {
    inverses[i] = modulo(curve, inverse * (prefixes[i] as bigint));
    inverse = (inverse * (values[i] as bigint)) % curve.order;
  }
  return inverses;
}
