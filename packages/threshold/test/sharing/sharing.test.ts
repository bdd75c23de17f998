import type { KeymeshError } from '@keymesh/foundation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modulo, nobleCurves } from '../../src/curves/index.ts';
import { loadNativeCurves } from '../../src/curves/native/index.ts';
import {
  assertDistinctParties,
  assertSharingParameters,
  commitToPolynomial,
  evaluateCommitments,
  evaluatePolynomial,
  interpolate,
  lagrangeCoefficient,
  lagrangeCoefficients,
  PARTIES_MAX,
  randomPolynomial,
  verifyPolynomialShare,
  verifyPolynomialShares,
} from '../../src/sharing/index.ts';
import { seededRandom } from './seeded-random.ts';

const native = await loadNativeCurves();
const curves = [...Object.values(nobleCurves), native.secp256k1, native.ed25519];

const codeOf = (run: () => unknown): string | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as KeymeshError).code;
  }
};
const parties = (count: { min: number; max: number }) =>
  fc.uniqueArray(fc.integer({ min: 1, max: PARTIES_MAX }), { minLength: count.min, maxLength: count.max });

describe.each(curves)('sharing over $name ($backend)', (curve) => {
  const check = <T>(property: fc.IProperty<T>, numRuns = 20): void => fc.assert(property, { numRuns });
  const sharesOf = (polynomial: readonly bigint[], indices: readonly number[]) =>
    indices.map((index) => ({ index, value: evaluatePolynomial(curve, polynomial, index) }));

  it('any t shares give the secret and every other share; t − 1 are consistent with every secret', () => {
    check(
      fc.property(
        parties({ min: 3, max: 8 }),
        fc.integer({ min: 1, max: PARTIES_MAX }),
        fc.integer(),
        (indices, at, seed) => {
          const threshold = Math.max(2, indices.length - 1);
          const polynomial = randomPolynomial(curve, threshold, seededRandom(seed));
          const shares = sharesOf(polynomial, indices);
          expect(interpolate(curve, shares, threshold)).toBe(polynomial[0]);
          expect(interpolate(curve, shares.slice(0, threshold), threshold)).toBe(polynomial[0]);
          expect(interpolate(curve, shares.slice(-threshold), threshold, at)).toBe(
            evaluatePolynomial(curve, polynomial, at),
          );
          // With one share fewer, any value for the missing share gives some secret: all are equally likely.
          const short = shares.slice(0, threshold - 1);
          const guess = (value: bigint) =>
            interpolate(curve, [...short, { index: shares[threshold - 1]!.index, value }], threshold);
          expect(guess(1n)).not.toBe(guess(2n));
          expect(codeOf(() => interpolate(curve, short, threshold))).toBe('sharing/wrong-share-count');
        },
      ),
    );
  });

  it('Lagrange coefficients agree with their definition and sum to 1', () => {
    check(
      fc.property(parties({ min: 1, max: 10 }), fc.integer({ min: 0, max: PARTIES_MAX }), (indices, at) => {
        const coefficients = lagrangeCoefficients(curve, indices, at);
        expect(coefficients).toEqual(indices.map((own) => lagrangeCoefficient(curve, indices, own, at)));
        expect(
          modulo(
            curve,
            coefficients.reduce((sum, each) => sum + each, 0n),
          ),
        ).toBe(1n);
        indices.forEach((own, i) => {
          const denominator = indices.reduce((p, x) => (x === own ? p : modulo(curve, p * BigInt(own - x))), 1n);
          const numerator = indices.reduce((p, x) => (x === own ? p : modulo(curve, p * BigInt(at - x))), 1n);
          expect(modulo(curve, coefficients[i]! * denominator)).toBe(numerator);
        });
      }),
    );
  });

  it('commitments verify the right share of the right party only', () => {
    check(
      fc.property(
        fc.integer({ min: 2, max: 6 }),
        parties({ min: 2, max: 3 }),
        fc.integer(),
        (threshold, indices, seed) => {
          const polynomial = randomPolynomial(curve, threshold, seededRandom(seed));
          const commitments = commitToPolynomial(curve, polynomial);
          const [own, other] = sharesOf(polynomial, indices) as [
            { index: number; value: bigint },
            { index: number; value: bigint },
          ];
          expect(verifyPolynomialShare(curve, commitments, own.index, own.value)).toBe(true);
          expect(verifyPolynomialShare(curve, commitments, own.index, modulo(curve, own.value + 1n))).toBe(false);
          expect(verifyPolynomialShare(curve, commitments, other.index, own.value)).toBe(false);
          expect(verifyPolynomialShare(curve, commitments, own.index, 0n)).toBe(false);
          const verifyingShare = evaluateCommitments(curve, commitments, own.index);
          expect(curve.equals(verifyingShare, curve.multiplyBase(own.value))).toBe(true);
        },
      ),
      8,
    );
  });

  it('verifies the zero share of a polynomial with a root at a party', () => {
    const polynomial = [modulo(curve, -3n), 1n];
    const commitments = commitToPolynomial(curve, polynomial);
    expect(evaluatePolynomial(curve, polynomial, 3)).toBe(0n);
    expect(verifyPolynomialShare(curve, commitments, 3, 0n)).toBe(true);
    expect(verifyPolynomialShare(curve, commitments, 3, 1n)).toBe(false);
  });

  it('a batch is valid exactly when every share is, also when errors would cancel out', () => {
    const random = seededRandom('batch');
    const dealt = [1, 2, 3, 4].map(() => {
      const polynomial = randomPolynomial(curve, 3, random);
      return { commitments: commitToPolynomial(curve, polynomial), share: evaluatePolynomial(curve, polynomial, 200) };
    });
    const shifted = (i: number, by: bigint) => ({ ...dealt[i]!, share: modulo(curve, dealt[i]!.share + by) });
    expect(verifyPolynomialShares(curve, 200, dealt, random)).toBe(true);
    expect(verifyPolynomialShares(curve, 200, [], random)).toBe(true);
    expect(verifyPolynomialShares(curve, 199, dealt, random)).toBe(false);
    expect(verifyPolynomialShares(curve, 200, [...dealt.slice(1), shifted(0, 1n)], random)).toBe(false);
    expect(verifyPolynomialShares(curve, 200, [...dealt.slice(2), shifted(0, 1n), shifted(1, -1n)], random)).toBe(
      false,
    );
  });

  it('keeps the secret out of reach of careless indices', () => {
    const polynomial = randomPolynomial(curve, 2, seededRandom(1));
    const commitments = commitToPolynomial(curve, polynomial);
    for (const index of [0, -1, 1.5, PARTIES_MAX + 1, Number.NaN]) {
      expect(codeOf(() => evaluatePolynomial(curve, polynomial, index))).toBe('sharing/invalid-party');
      expect(codeOf(() => evaluateCommitments(curve, commitments, index))).toBe('sharing/invalid-party');
      expect(codeOf(() => lagrangeCoefficients(curve, [1, index]))).toBe('sharing/invalid-party');
    }
    expect(codeOf(() => lagrangeCoefficient(curve, [1, 2], 3))).toBe('sharing/invalid-party');
    expect(codeOf(() => lagrangeCoefficients(curve, [1, 2, 1]))).toBe('sharing/invalid-party');
  });
});

describe('parameters', () => {
  it('allow 2 ≤ t ≤ n ≤ 255 only', () => {
    for (const [t, n] of [
      [2, 2],
      [2, 255],
      [255, 255],
    ] as const) {
      expect(codeOf(() => assertSharingParameters(t, n))).toBe(undefined);
    }
    for (const [t, n] of [
      [1, 3],
      [0, 0],
      [4, 3],
      [2, 256],
      [2.5, 4],
      [2, Number.NaN],
      [-2, 3],
    ] as const) {
      expect(codeOf(() => assertSharingParameters(t, n))).toBe('sharing/invalid-parameters');
    }
    expect(codeOf(() => randomPolynomial(nobleCurves.ed25519, 1, seededRandom(1)))).toBe('sharing/invalid-parameters');
    expect(codeOf(() => assertDistinctParties([1, 2, 3], 2))).toBe('sharing/invalid-party');
  });
});
