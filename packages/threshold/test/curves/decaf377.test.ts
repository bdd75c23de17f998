import { fromHex, toHex } from '@keymesh/foundation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decaf377Point } from '../../src/curves/decaf377.ts';
import { nobleCurves } from '../../src/curves/index.ts';
import vectors from './vectors/decaf377.json' with { type: 'json' };

const curve = nobleCurves.decaf377;

describe('decaf377', () => {
  it.each(vectors.multiples.map((hex, i) => ({ hex, i })))('$i times the generator is $hex', ({ hex, i }) => {
    expect(toHex(Decaf377Point.BASE.multiplyUnsafe(BigInt(i)).toBytes())).toBe(hex);
    const decoded = Decaf377Point.fromBytes(fromHex(hex));
    expect(decoded.equals(Decaf377Point.BASE.multiplyUnsafe(BigInt(i)))).toBe(true);
    expect(Decaf377Point.fromHex(hex).equals(decoded)).toBe(true);
  });

  it('has the smallest encoding as its generator', () => {
    for (let first = 1; first < 8; first++) {
      const bytes = new Uint8Array(32);
      bytes[0] = first;
      expect(() => curve.decodePoint(bytes)).toThrow(expect.objectContaining({ code: 'curve/invalid-point' }));
    }
  });

  it('takes points that differ by the point of order two as one element', () => {
    const p = Decaf377Point.Fp.ORDER;
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: curve.order - 1n }), fc.bigInt({ min: 1n, max: 99n }), (scalar, factor) => {
        const point = Decaf377Point.BASE.multiply(scalar);
        const { x, y } = point.toAffine();
        const other = Decaf377Point.fromAffine({ x: p - x, y: p - y });
        expect(other.equals(point)).toBe(true);
        expect(toHex(other.toBytes())).toBe(toHex(point.toBytes()));
        // Also after arithmetic, secret multiplication (which blinds with multiples of the order) included.
        for (const results of [
          [other.multiply(factor), point.multiply(factor)],
          [other.multiplyUnsafe(factor), point.multiplyUnsafe(factor)],
          [other.add(point), point.double()],
        ] as const) {
          expect(toHex(results[0].toBytes())).toBe(toHex(results[1].toBytes()));
        }
        expect(other.subtract(point).is0()).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  it('does not take an element of another group', () => {
    const foreign = nobleCurves.ristretto255.generator as unknown as Decaf377Point;
    expect(() => Decaf377Point.BASE.add(foreign)).toThrow(expect.objectContaining({ code: 'curve/invalid-point' }));
  });
});
