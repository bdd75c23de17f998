import { fromHex, type KeymeshError, toHex } from '@keymesh/foundation';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Curve, invert, modulo, nobleCurves, type Point, randomScalar } from '../../src/curves/index.ts';
import { loadNativeCurves } from '../../src/curves/native/index.ts';
import { loadWasmCurves } from '../../src/curves/native/wasm-curves.ts';
import { seededRandom } from '../sharing/seeded-random.ts';

const native = await loadNativeCurves();
const wasm = await loadWasmCurves();
const fasterOnes: Curve[] = [...new Set([...Object.values(native), ...Object.values(wasm)])].filter(
  ({ backend }) => backend !== 'noble',
);
const implementations: Curve[] = [...Object.values(nobleCurves), ...fasterOnes];

/** Whose encodings start with a byte that random bytes would rarely hit. */
const SEC1_CURVES: readonly string[] = ['secp256k1', 'p256', 'p384'];

const codeOf = (run: () => unknown): string | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as KeymeshError).code;
  }
};

/** Scalars of [min, order) with the edges that implementations trip over. */
const scalarsOf = (curve: Curve, min: bigint) =>
  fc.oneof(
    fc.bigInt({ min, max: curve.order - 1n }),
    fc.bigInt({ min, max: 300n }),
    fc.constantFrom(curve.order - 1n, curve.order - 2n, 4095n, 4096n, 1n << 128n, (1n << 252n) % curve.order),
  );

const backends = Object.fromEntries(Object.values(native).map(({ name, backend }) => [name, backend]));

it('loads the native libraries on this machine', () => {
  // Prebuilt for linux-x64, darwin-arm64 and win32-x64; elsewhere noble takes over and this test does not apply.
  if (process.platform !== 'linux' || process.arch !== 'x64') return;
  expect(backends).toMatchObject({ secp256k1: 'libsecp256k1', ed25519: 'libsodium', bls12381g1: 'noble' });
});

it('loads the WebAssembly kernels on every machine', () => {
  const names = ['p256', 'p384', 'ristretto255', 'ed448', 'redjubjub', 'decaf377'];
  expect(backends).toMatchObject(Object.fromEntries(names.map((name) => [name, 'wasm'])));
  expect(Object.values(wasm).map(({ name, backend }) => [name, backend])).toEqual(
    ['p256', 'p384', 'ed25519', ...names.slice(2)].map((name) => [name, 'wasm']),
  );
});

describe.each(implementations)('$name over $backend', (curve) => {
  const secrets = scalarsOf(curve, 1n);
  const publics = scalarsOf(curve, 0n);
  const points = secrets.map((scalar) => curve.multiplyBase(scalar));
  const same = (a: Point, b: Point): void => {
    expect(curve.equals(a, b)).toBe(true);
    expect(curve.isIdentity(a)).toBe(curve.isIdentity(b));
    if (!curve.isIdentity(a)) expect(toHex(curve.encodePoint(a))).toBe(toHex(curve.encodePoint(b)));
  };
  const check = <T>(property: fc.IProperty<T>): void => fc.assert(property, { numRuns: 15 });

  it('is a group', () => {
    check(
      fc.property(points, points, points, (a, b, c) => {
        same(curve.add(curve.add(a, b), c), curve.add(a, curve.add(b, c)));
        same(curve.add(a, b), curve.add(b, a));
        same(curve.add(a, curve.identity), a);
        same(curve.add(curve.identity, a), a);
        same(curve.add(a, curve.negate(a)), curve.identity);
        same(curve.add(curve.negate(a), a), curve.identity);
        same(curve.negate(curve.negate(a)), a);
        same(curve.add(a, a), curve.multiplyPublic(a, 2n));
      }),
    );
    same(curve.add(curve.identity, curve.identity), curve.identity);
    same(curve.negate(curve.identity), curve.identity);
    expect(curve.isIdentity(curve.identity)).toBe(true);
    expect(curve.isIdentity(curve.generator)).toBe(false);
    expect(curve.equals(curve.generator, curve.identity)).toBe(false);
  });

  it('multiplies secretly and publicly with the same result', () => {
    check(
      fc.property(points, secrets, secrets, (point, a, b) => {
        same(curve.multiply(point, a), curve.multiplyPublic(point, a));
        same(curve.multiplyBase(a), curve.multiplyBasePublic(a));
        same(curve.multiplyBase(a), curve.multiply(curve.generator, a));
        same(
          curve.add(curve.multiply(point, a), curve.multiply(point, b)),
          curve.multiplyPublic(point, modulo(curve, a + b)),
        );
        same(curve.multiply(curve.multiply(point, a), b), curve.multiply(point, modulo(curve, a * b)));
        same(curve.multiplyPublic(curve.identity, a), curve.identity);
      }),
    );
    same(curve.multiplyPublic(curve.generator, 0n), curve.identity);
    same(curve.multiplyBasePublic(0n), curve.identity);
  });

  it('sums products, with zeros, ones, repeated and opposite points', () => {
    const terms = fc.array(fc.tuple(fc.oneof(points, fc.constant(curve.identity)), publics), { maxLength: 6 });
    check(
      fc.property(terms, (pairs) => {
        const [first] = pairs;
        const all = first === undefined ? pairs : [...pairs, first, [curve.negate(first[0]), first[1]] as const];
        const expected = all.reduce((sum, [p, s]) => curve.add(sum, curve.multiplyPublic(p, s)), curve.identity);
        same(
          curve.sumOfProductsPublic(
            all.map(([p]) => p),
            all.map(([, s]) => s),
          ),
          expected,
        );
      }),
    );
    same(curve.sumOfProductsPublic([], []), curve.identity);
    same(curve.sumOfProductsPublic([curve.generator, curve.generator], [1n, curve.order - 1n]), curve.identity);
  });

  it('round-trips points and scalars', () => {
    check(
      fc.property(points, publics, (point, scalar) => {
        const encoded = curve.encodePoint(point);
        expect(encoded.length).toBe(curve.pointBytes);
        same(curve.decodePoint(encoded), point);
        const bytes = curve.encodeScalar(scalar);
        expect(bytes.length).toBe(curve.scalarBytes);
        expect(curve.decodeScalar(bytes)).toBe(scalar);
      }),
    );
  });

  it('keeps no reference to the bytes it decodes, and gives none of its own away', () => {
    const bytes = curve.encodePoint(curve.multiplyBase(5n));
    const point = curve.decodePoint(bytes);
    bytes.fill(0);
    curve.encodePoint(point).fill(0);
    same(point, curve.multiplyBase(5n));
  });

  it('refuses scalars out of range', () => {
    for (const scalar of [0n, -1n, curve.order, curve.order + 1n]) {
      expect(codeOf(() => curve.multiplyBase(scalar))).toBe('curve/invalid-scalar');
      expect(codeOf(() => curve.multiply(curve.generator, scalar))).toBe('curve/invalid-scalar');
    }
    const bytes = (scalar: bigint) => curve.encodeScalar(scalar);
    expect(codeOf(() => curve.decodeScalar(bytes(curve.order)))).toBe('curve/invalid-scalar');
    expect(codeOf(() => curve.decodeScalar(new Uint8Array(curve.scalarBytes).fill(0xff)))).toBe('curve/invalid-scalar');
    expect(codeOf(() => curve.decodeScalar(new Uint8Array(curve.scalarBytes - 1)))).toBe('curve/invalid-scalar');
    expect(codeOf(() => curve.decodeScalar(new Uint8Array(curve.scalarBytes + 1)))).toBe('curve/invalid-scalar');
    expect(curve.decodeScalar(bytes(curve.order - 1n))).toBe(curve.order - 1n);
  });

  it('refuses wrong lengths, the identity and random bytes that are no point', () => {
    const encoded = curve.encodePoint(curve.generator);
    for (const bytes of [encoded.slice(1), new Uint8Array([...encoded, 0]), new Uint8Array(0)]) {
      expect(codeOf(() => curve.decodePoint(bytes))).toBe('curve/invalid-point');
    }
    expect(codeOf(() => curve.decodePoint(new Uint8Array(curve.pointBytes)))).toBe('curve/invalid-point');
    expect(codeOf(() => curve.decodePoint(new Uint8Array(curve.pointBytes).fill(0xff)))).toBe('curve/invalid-point');
    expect(codeOf(() => curve.encodePoint(curve.identity))).toBe('curve/invalid-point');
    expect(codeOf(() => curve.encodePoint(curve.add(curve.generator, curve.negate(curve.generator))))).toBe(
      'curve/invalid-point',
    );
  });

  it('gives scalars that are uniform in range, from the randomness it got', () => {
    const scalars = Array.from({ length: 20 }, (_, i) => randomScalar(curve, seededRandom(i)));
    expect(new Set(scalars).size).toBe(20);
    for (const scalar of scalars) {
      expect(scalar > 0n && scalar < curve.order).toBe(true);
      expect(modulo(curve, scalar * invert(curve, scalar))).toBe(1n);
    }
    // Zero is drawn again.
    const length = curve.scalarBytes + 16;
    const draws = [new Uint8Array(length), new Uint8Array(length).fill(1)];
    expect(randomScalar(curve, () => draws.shift()!)).toBe(BigInt(`0x${'01'.repeat(length)}`) % curve.order);
  });
});

describe.each(fasterOnes)('$name: $backend against noble', (curve) => {
  it('gives the same bytes', () => {
    const reference = nobleCurves[curve.name];
    const scalars = scalarsOf(curve, 1n);
    fc.assert(
      fc.property(fc.array(scalars, { minLength: 1, maxLength: 5 }), scalars, (many, scalar) => {
        const run = (of: Curve): string[] => {
          const points = many.map((each) => of.multiplyBase(each));
          const first = points[0]!;
          const results = [
            ...points,
            of.multiply(first, scalar),
            of.multiplyPublic(first, scalar),
            of.negate(first),
            of.sumOfProductsPublic(points, [...many].reverse()),
            points.reduce((sum, point) => of.add(of.multiplyPublic(sum, 7n), point), of.identity),
          ];
          return results.map((point) => (of.isIdentity(point) ? 'identity' : toHex(of.encodePoint(point))));
        };
        expect(run(curve)).toEqual(run(reference));
      }),
      { numRuns: 30 },
    );
  });

  it('accepts and refuses the same random encodings', () => {
    const reference = nobleCurves[curve.name];
    const bytes = fc.uint8Array({ minLength: curve.pointBytes, maxLength: curve.pointBytes });
    const plausible = bytes.map((each) => {
      if (SEC1_CURVES.includes(curve.name)) each[0] = 2 + (each[0]! & 3);
      return each;
    });
    fc.assert(
      fc.property(plausible, (encoded) => {
        expect(codeOf(() => curve.decodePoint(encoded))).toBe(codeOf(() => reference.decodePoint(encoded)));
      }),
      { numRuns: 60 },
    );
  });
});

describe.each([nobleCurves.ed25519, native.ed25519, wasm.ed25519])('hostile Ed25519 points over $backend', (curve) => {
  it.each(ED25519_TORSION_SUBGROUP)('refuses the small-order point %s, alone or added to a good one', (hex) => {
    expect(codeOf(() => curve.decodePoint(fromHex(hex)))).toBe('curve/invalid-point');
    const mixed = ed25519.Point.BASE.multiply(9n).add(ed25519.Point.fromHex(hex, true));
    const code = codeOf(() => curve.decodePoint(mixed.toBytes()));
    // The first of the eight is the identity, which changes nothing.
    expect(code).toBe(hex === ED25519_TORSION_SUBGROUP[0] ? undefined : 'curve/invalid-point');
  });

  it('refuses non-canonical encodings', () => {
    const p = (1n << 255n) - 19n;
    const littleEndian = (value: bigint): Uint8Array =>
      Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
    // y + p for every y below 19 whose bytes still fit, and the negative zero.
    for (let y = 0n; y < 19n; y++) {
      expect(codeOf(() => curve.decodePoint(littleEndian(y + p)))).toBe('curve/invalid-point');
    }
    expect(codeOf(() => curve.decodePoint(littleEndian(1n + (1n << 255n))))).toBe('curve/invalid-point');
  });
});

describe.each([nobleCurves.secp256k1, native.secp256k1])('hostile secp256k1 points over $backend', (curve) => {
  it('refuses other forms than the compressed one, and x outside the field', () => {
    const encoded = curve.encodePoint(curve.generator);
    for (const prefix of [0, 1, 4, 5, 6, 7]) {
      expect(codeOf(() => curve.decodePoint(Uint8Array.of(prefix, ...encoded.slice(1))))).toBe('curve/invalid-point');
    }
    // x = p + 1 would be read as 1, which is on the curve.
    const overflow = fromHex('02fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc30');
    expect(codeOf(() => curve.decodePoint(overflow))).toBe('curve/invalid-point');
    expect(codeOf(() => curve.decodePoint(fromHex(`02${'00'.repeat(31)}01`)))).toBe(undefined);
  });
});

describe('hostile BLS12-381 points', () => {
  const curve = nobleCurves.bls12381g1;
  it('refuses points outside the subgroup, uncompressed ones and the encoded identity', () => {
    const { Fp } = bls12_381.fields;
    let x = 1n;
    let y: bigint | undefined;
    // The first x on the curve; with a cofactor of 2^126 it is not in the subgroup.
    for (; y === undefined; x++) {
      try {
        y = Fp.sqrt(Fp.add(Fp.pow(x, 3n), 4n));
      } catch {}
    }
    const outside = bls12_381.G1.Point.fromAffine({ x: x - 1n, y });
    expect(outside.isTorsionFree()).toBe(false);
    const encoded = fromHex((x - 1n).toString(16).padStart(96, '0'));
    encoded[0] = 0x80;
    expect(codeOf(() => curve.decodePoint(encoded))).toBe('curve/invalid-point');
    expect(codeOf(() => curve.decodePoint(bls12_381.G1.Point.BASE.toBytes(false)))).toBe('curve/invalid-point');
    expect(codeOf(() => curve.decodePoint(bls12_381.G1.Point.ZERO.toBytes()))).toBe('curve/invalid-point');
  });
});
