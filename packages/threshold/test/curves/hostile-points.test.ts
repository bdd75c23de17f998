import { bigintToBytes, bytesToBigint, concatBytes, fromHex, type KeymeshError, toHex } from '@keymesh/foundation';
import type { EdwardsPoint, EdwardsPointCons } from '@noble/curves/abstract/edwards.js';
import { ed448 } from '@noble/curves/ed448.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256, p384 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Curve, nobleCurves } from '../../src/curves/index.ts';
import { loadWasmCurves } from '../../src/curves/native/wasm-curves.ts';
import { redJubjubPoint } from '../../src/curves/redjubjub.ts';

const wasm = await loadWasmCurves();

function refusal(curve: Curve, bytes: Uint8Array): string | undefined {
  try {
    curve.decodePoint(bytes);
    return undefined;
  } catch (error) {
    return (error as KeymeshError).code;
  }
}

const littleEndian = (value: bigint, length: number): Uint8Array => bigintToBytes(value, length).reverse();

/** T, 2T, 3T, … for a point T whose order is the whole cofactor. */
function torsionPoints(Point: EdwardsPointCons): EdwardsPoint[] {
  const { n, h } = Point.CURVE();
  for (let y = 2n; ; y++) {
    let point: EdwardsPoint;
    try {
      point = Point.fromBytes(littleEndian(y, Point.Fp.BYTES));
    } catch {
      continue;
    }
    // n·P, in two steps because the library wants a scalar below n.
    const torsion = point.multiplyUnsafe(n - 1n).add(point);
    const multiples = [torsion];
    while (!multiples.at(-1)!.is0()) multiples.push(multiples.at(-1)!.add(torsion));
    if (BigInt(multiples.length) === h) return multiples;
  }
}

describe.each([
  { curve: nobleCurves.ed448, Point: ed448.Point },
  { curve: wasm.ed448, Point: ed448.Point },
  { curve: nobleCurves.redjubjub, Point: redJubjubPoint },
  { curve: wasm.redjubjub, Point: redJubjubPoint },
  { curve: nobleCurves.ed25519, Point: ed25519.Point },
  { curve: wasm.ed25519, Point: ed25519.Point },
])('hostile points of $curve.name over $curve.backend', ({ curve, Point }) => {
  const { p, h } = Point.CURVE();
  const torsion = torsionPoints(Point);
  const signBit = 1n << BigInt(8 * curve.pointBytes - 1);

  it('refuses every small-order point, alone or added to a good one', () => {
    expect(torsion.length).toBe(Number(h));
    const good = Point.BASE.multiply(9n);
    for (const small of torsion) {
      expect(refusal(curve, small.toBytes())).toBe('curve/invalid-point');
      expect(refusal(curve, good.add(small).toBytes())).toBe(small.is0() ? undefined : 'curve/invalid-point');
    }
  });

  it('tells the points of prime order from all others, wherever they are on the curve', () => {
    const scalars = [1n, 2n, 3n, Point.CURVE().n - 1n, Point.CURVE().n / 3n, Point.CURVE().n / 5n];
    for (const scalar of scalars) {
      const good = Point.BASE.multiply(scalar);
      for (const small of torsion) {
        const mixed = good.add(small);
        expect(refusal(curve, mixed.toBytes())).toBe(mixed.isTorsionFree() ? undefined : 'curve/invalid-point');
      }
    }
    // Any y, on the curve or not.
    let accepted = 0;
    for (let y = 2n; y < 80n; y++) {
      const bytes = littleEndian(y, curve.pointBytes);
      let expected: string | undefined = 'curve/invalid-point';
      try {
        if (Point.fromBytes(bytes).isTorsionFree()) expected = undefined;
      } catch {}
      if (expected === undefined) accepted++;
      expect(refusal(curve, bytes)).toBe(expected);
    }
    expect(accepted).toBeGreaterThan(0);
  });

  it('refuses y outside the field, the negative zero and stray bits', () => {
    for (let y = 0n; y < 40n; y++) {
      // What does not fit is another number.
      if (y + p >= signBit) break;
      for (const sign of [0n, signBit]) {
        expect(refusal(curve, littleEndian(y + p + sign, curve.pointBytes))).toBe('curve/invalid-point');
      }
    }
    const identity = littleEndian(1n + signBit, curve.pointBytes);
    expect(refusal(curve, identity)).toBe('curve/invalid-point');
    // The good point's own y, plus the field's order: on the curve if the decoder reduced it.
    const encoded = curve.encodePoint(curve.multiplyBase(5n));
    const y = bytesToBigint(encoded.slice().reverse());
    const shifted = (y % signBit) + p;
    if (shifted < signBit) {
      const bytes = littleEndian(shifted + (y >= signBit ? signBit : 0n), curve.pointBytes);
      expect(refusal(curve, bytes)).toBe('curve/invalid-point');
    }
    if (curve.name !== 'ed448') return;
    // RFC 8032 leaves seven bits of the last byte unused.
    for (const bit of [0, 1, 2, 3, 4, 5, 6]) {
      const stray = encoded.slice();
      stray[56]! ^= 1 << bit;
      expect(refusal(curve, stray)).toBe('curve/invalid-point');
    }
  });
});

describe.each([
  { curve: nobleCurves.p256, Point: p256.Point },
  { curve: nobleCurves.p384, Point: p384.Point },
  { curve: wasm.p256, Point: p256.Point },
  { curve: wasm.p384, Point: p384.Point },
])('hostile points of $curve.name over $curve.backend', ({ curve, Point }) => {
  it('refuses other forms than the compressed one, the point at infinity, and x outside the field', () => {
    const encoded = curve.encodePoint(curve.generator);
    for (const prefix of [0, 1, 4, 5, 6, 7]) {
      expect(refusal(curve, concatBytes(Uint8Array.of(prefix), encoded.slice(1)))).toBe('curve/invalid-point');
    }
    expect(refusal(curve, Point.BASE.toBytes(false))).toBe('curve/invalid-point');
    expect(refusal(curve, Uint8Array.of(0))).toBe('curve/invalid-point');
    const x = (value: bigint) => concatBytes(Uint8Array.of(2), bigintToBytes(value, curve.pointBytes - 1));
    let onCurve = 0;
    for (let small = 0n; small < 12n; small++) {
      if (refusal(curve, x(small)) === undefined) onCurve++;
      expect(refusal(curve, x(small + Point.Fp.ORDER))).toBe('curve/invalid-point');
    }
    // So some of the refused ones would be points if the decoder reduced x.
    expect(onCurve).toBeGreaterThan(2);
  });
});

describe.each([nobleCurves.ristretto255, wasm.ristretto255])(
  'hostile elements of ristretto255 over $backend',
  (curve) => {
    // RFC 9496 appendix A.2, at least one of each kind.
    it.each([
      ['not canonical', '00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff'],
      ['not canonical', 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
      ['not canonical', 'f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
      ['not canonical', 'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
      ['negative', '0100000000000000000000000000000000000000000000000000000000000000'],
      ['negative', '01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
      ['not a square', '26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371'],
      ['y = 0', 'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'],
      ['the identity', '0000000000000000000000000000000000000000000000000000000000000000'],
    ])('refuses the encoding that is %s: %s', (_, hex) => {
      expect(refusal(curve, fromHex(hex))).toBe('curve/invalid-point');
    });
  },
);

/** Groups of prime order whose encoding is one even field element: whatever is not that is refused. */
const RISTRETTO255_P = (1n << 255n) - 19n;
const DECAF377_P = 0x12ab655e9a2ca55660b44d1e5c37b00159aa76fed00000010a11800000000001n;
describe.each([
  { curve: nobleCurves.ristretto255, p: RISTRETTO255_P },
  { curve: wasm.ristretto255, p: RISTRETTO255_P },
  { curve: nobleCurves.decaf377, p: DECAF377_P },
  { curve: wasm.decaf377, p: DECAF377_P },
])('encodings of $curve.name over $curve.backend', ({ curve, p }) => {
  it('are the only ones: negated, shifted by the order of the field, or with high bits they are refused', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: curve.order - 1n }), (scalar) => {
        const encoded = curve.encodePoint(curve.multiplyBase(scalar));
        const s = bytesToBigint(encoded.slice().reverse());
        expect(s % 2n).toBe(0n);
        for (const other of [p - s, s + p, s + 2n * p, s + (1n << 255n)]) {
          if (other >= 1n << 256n) continue;
          expect(refusal(curve, littleEndian(other, 32))).toBe('curve/invalid-point');
        }
      }),
      { numRuns: 20 },
    );
  });

  /** @returns whether it is an encoding. One that is must be that of its point, and the point of prime order. */
  function isEncoding(half: bigint): boolean {
    const bytes = littleEndian(2n * half, 32);
    if (refusal(curve, bytes) !== undefined) return false;
    const point = curve.decodePoint(bytes);
    expect(toHex(curve.encodePoint(point))).toBe(toHex(bytes));
    // Prime order, whatever representative the decoder chose.
    expect(curve.isIdentity(curve.add(curve.multiplyPublic(point, curve.order - 1n), point))).toBe(true);
    return true;
  }

  it('decode and encode to themselves, or not at all', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: (p - 1n) / 2n }), (half) => {
        isEncoding(half);
      }),
      { numRuns: 60 },
    );
    // Always the same values: about one in four is an encoding, which of random ones can be far fewer.
    const valid = Array.from({ length: 60 }, (_, at) => isEncoding(BigInt(at + 1))).filter(Boolean).length;
    expect(valid).toBeGreaterThan(5);
    expect(valid).toBeLessThan(55);
  });
});
