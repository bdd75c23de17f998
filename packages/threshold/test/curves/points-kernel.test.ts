import { bigintToBytes, bytesToBigint, toHex } from '@keymesh/foundation';
import { ed448 } from '@noble/curves/ed448.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256, p384 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Curve, nobleCurves, type Point } from '../../src/curves/index.ts';
import { loadPointsKernel, loadWasmCurves, type WasmCurveName } from '../../src/curves/native/wasm-curves.ts';
import { redJubjubPoint } from '../../src/curves/redjubjub.ts';

const wasm = await loadWasmCurves();
const curves = Object.values(wasm);

const MODULI: Record<WasmCurveName, bigint> = {
  p256: p256.Point.Fp.ORDER,
  p384: p384.Point.Fp.ORDER,
  ed25519: ed25519.Point.Fp.ORDER,
  ristretto255: ed25519.Point.Fp.ORDER,
  ed448: ed448.Point.Fp.ORDER,
  redjubjub: redJubjubPoint.Fp.ORDER,
  decaf377: 0x12ab655e9a2ca55660b44d1e5c37b00159aa76fed00000010a11800000000001n,
};

describe.each(Object.entries(MODULI))('the field of %s', async (name, p) => {
  const kernel = await loadPointsKernel(name as WasmCurveName);
  const length = Math.ceil(p.toString(2).length / 8);
  const littleEndian = (value: bigint): Uint8Array => bigintToBytes(value, length).reverse();
  const run = (operation: 'multiply' | 'square' | 'add' | 'subtract', a: bigint, b: bigint): bigint | undefined => {
    const result = kernel.field(operation, littleEndian(a), littleEndian(b));
    return result === undefined ? undefined : bytesToBigint(result.reverse());
  };
  const results = (a: bigint, b: bigint) =>
    (['multiply', 'square', 'add', 'subtract'] as const).map((operation) => run(operation, a, b));
  const expected = (a: bigint, b: bigint) => [a * b, a * a, a + b, a - b + p].map((value) => value % p);
  // In Montgomery form an element is a · R: dividing by R chooses the limbs that the kernel computes with.
  const [limbs, bits] = name === 'p384' ? [14, 28] : name === 'ed448' ? [16, 29] : [9, 29];
  const size = BigInt(limbs * bits);
  const inverseOfR = power(2n, (p - 2n) * size, p);
  const fromLimbs = (value: bigint): bigint => ((value % p) * inverseOfR) % p;
  const limb = (1n << BigInt(bits)) - 1n;
  const edges = [0n, 1n, 2n, p - 1n, p - 2n, (p - 1n) / 2n, (p + 1n) / 2n, fromLimbs(1n), fromLimbs(p - 1n)];
  // All limbs full, every second one, single ones, and powers of two at the borders between limbs.
  edges.push(fromLimbs(p >> 1n), fromLimbs((1n << (BigInt(p.toString(2).length) - 1n)) - 1n));
  for (let i = 0; i < limbs - 1; i++) {
    const at = BigInt(i * bits);
    edges.push(fromLimbs(limb << at), fromLimbs(1n << at), (limb << at) % p);
  }

  it('computes with edge values, in whatever order', () => {
    for (const a of edges) {
      expect(edges.map((b) => results(a, b))).toEqual(edges.map((b) => expected(a, b)));
    }
  });

  it('computes with any values', () => {
    const element = fc.bigInt({ min: 0n, max: p - 1n });
    fc.assert(
      fc.property(element, element, (a, b) => {
        expect(results(a, b)).toEqual(expected(a, b));
      }),
      { numRuns: 200 },
    );
  });

  it('refuses numbers that are not below the modulus', () => {
    for (const value of [p, p + 1n, (1n << BigInt(8 * length)) - 1n]) {
      if (value >= 1n << BigInt(8 * length)) continue;
      expect(run('add', value, 0n)).toBe(undefined);
      expect(run('add', 0n, value)).toBe(undefined);
    }
    expect(run('add', p - 1n, 0n)).toBe(p - 1n);
  });
});

function power(base: bigint, exponent: bigint, p: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) result = (result * result * (bit === '1' ? base : 1n)) % p;
  return result;
}

const written = (curve: Curve, point: Point): string =>
  curve.isIdentity(point) ? 'identity' : toHex(curve.encodePoint(point));

describe.each(curves)('$name over its kernel', (curve) => {
  const reference = nobleCurves[curve.name];
  const { order } = curve;
  const bitCount = order.toString(2).length;
  const repeated = (digit: bigint, bits: number): bigint => {
    let value = 0n;
    for (let i = 0; i < Math.ceil(bitCount / bits); i++) value = (value << BigInt(bits)) | digit;
    return value % order;
  };

  it('agrees with noble where digits of scalars are extreme', () => {
    // The same digit everywhere, in the widths of the kernel: zero digits, the largest, the smallest, carries throughout.
    const patterns = [4, 5].flatMap((bits) =>
      [1n, 7n, 8n, 9n, 15n, 16n, 17n, 31n].map((digit) => repeated(digit & ((1n << BigInt(bits)) - 1n), bits)),
    );
    const powers = Array.from({ length: 10 }, (_, i) => (1n << BigInt(Math.floor(((bitCount - 1) * i) / 9))) % order);
    const scalars = [...patterns, ...powers, ...powers.map((value) => value - 1n), order - 1n, order - 2n, order >> 1n];
    const base = { own: curve.multiplyBase(7n), noble: reference.multiplyBase(7n) };
    for (const scalar of new Set(scalars.filter((value) => value > 0n))) {
      const expected = written(reference, reference.multiplyPublic(base.noble, scalar));
      expect(written(curve, curve.multiply(base.own, scalar))).toBe(expected);
      expect(written(curve, curve.multiplyPublic(base.own, scalar))).toBe(expected);
      const expectedBase = written(reference, reference.multiplyBasePublic(scalar));
      expect(written(curve, curve.multiplyBase(scalar))).toBe(expectedBase);
      expect(written(curve, curve.multiplyBasePublic(scalar))).toBe(expectedBase);
    }
  });

  it('multiplies by small scalars and their negatives', () => {
    let expected = reference.identity;
    for (let scalar = 1n; scalar < 40n; scalar++) {
      expected = reference.add(expected, reference.generator);
      const text = written(reference, expected);
      for (const product of [
        curve.multiplyBase(scalar),
        curve.multiply(curve.generator, scalar),
        curve.multiplyPublic(curve.generator, scalar),
        curve.negate(curve.multiplyBase(order - scalar)),
        curve.negate(curve.multiply(curve.generator, order - scalar)),
        curve.negate(curve.multiplyPublic(curve.generator, order - scalar)),
      ]) {
        expect(written(curve, product)).toBe(text);
      }
    }
  });

  it('multiplies the identity, secretly and publicly', () => {
    for (const scalar of [1n, 2n, order - 1n, order >> 1n]) {
      expect(curve.isIdentity(curve.multiply(curve.identity, scalar))).toBe(true);
      expect(curve.isIdentity(curve.multiplyPublic(curve.identity, scalar))).toBe(true);
    }
  });

  it('adds equal, opposite and absent points, whatever their coordinates', () => {
    // The same element in three representations, and in what a decoder makes of it.
    const element = curve.multiplyBase(11n);
    const same = [
      element,
      curve.add(curve.multiplyBase(5n), curve.multiplyBase(6n)),
      curve.negate(curve.multiplyPublic(curve.generator, order - 11n)),
      curve.decodePoint(reference.encodePoint(reference.multiplyBase(11n))),
    ];
    const double = written(reference, reference.multiplyBase(22n));
    for (const a of same) {
      for (const b of same) {
        expect(curve.equals(a, b)).toBe(true);
        expect(curve.equals(a, curve.negate(b))).toBe(false);
        expect(written(curve, curve.add(a, b))).toBe(double);
        const nothing = curve.add(a, curve.negate(b));
        expect(curve.isIdentity(nothing)).toBe(true);
        expect(curve.equals(nothing, curve.identity)).toBe(true);
        expect(curve.equals(a, nothing)).toBe(false);
        expect(written(curve, curve.add(nothing, a))).toBe(written(curve, a));
        expect(curve.isIdentity(curve.add(nothing, nothing))).toBe(true);
        expect(curve.isIdentity(curve.multiplyPublic(nothing, 5n))).toBe(true);
      }
    }
  });

  it('sums more products than its memory holds at once', () => {
    const count = 300;
    const points = Array.from({ length: count }, (_, i) => curve.multiplyBasePublic(BigInt(1 + (i % 7))));
    const scalars = points.map((_, i) => (BigInt(i) * (order / 301n)) % order);
    const total = scalars.reduce((sum, scalar, i) => (sum + scalar * BigInt(1 + (i % 7))) % order, 0n);
    expect(curve.equals(curve.sumOfProductsPublic(points, scalars), curve.multiplyBasePublic(total))).toBe(true);
  });

  it('sums products whose partial sums vanish', () => {
    const p = curve.multiplyBase(3n);
    const q = curve.negate(p);
    const [half] = [order >> 1n];
    for (const scalars of [
      [1n, 1n],
      [half, half],
      [order - 1n, order - 1n],
      [31n, 31n],
    ]) {
      expect(curve.isIdentity(curve.sumOfProductsPublic([p, q], scalars))).toBe(true);
      const rest = curve.sumOfProductsPublic([p, q, p], [...scalars, 5n]);
      expect(written(curve, rest)).toBe(written(reference, reference.multiplyBase(15n)));
    }
  });
});
