import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLS_ORDER } from '../../src/bls/backend.ts';
import { integerLagrangeAtZero } from '../../src/bls/interpolation.ts';
import { nobleCurves } from '../../src/curves/index.ts';
import { lagrangeCoefficients } from '../../src/sharing/index.ts';

const modulo = (value: bigint) => ((value % BLS_ORDER) + BLS_ORDER) % BLS_ORDER;

describe('integer Lagrange weights', () => {
  it('are the coefficients of the sharing over one denominator', () => {
    const parties = fc.uniqueArray(fc.integer({ min: 1, max: 255 }), { minLength: 2, maxLength: 100 });
    fc.assert(
      fc.property(parties, (indices) => {
        const { weights, denominator } = integerLagrangeAtZero(indices);
        const coefficients = lagrangeCoefficients(nobleCurves.bls12381g1, indices);
        expect(weights.map(modulo)).toEqual(coefficients.map((coefficient) => modulo(coefficient * denominator)));
      }),
      { numRuns: 30, seed: 3 },
    );
  });

  it('are small for small committees', () => {
    expect(integerLagrangeAtZero([2, 3, 4])).toEqual({ weights: [6n, -8n, 3n], denominator: 1n });
    const { weights } = integerLagrangeAtZero(Array.from({ length: 67 }, (_, i) => i + 1 + (i > 30 ? 33 : 0)));
    expect(Math.max(...weights.map((weight) => weight.toString(2).length))).toBeLessThan(100);
  });
});
