import { bigintToBytes, bytesToBigint } from '@keymesh/foundation';
import { type CurvePoint, type CurvePointCons, mulAddUnsafe } from '@noble/curves/abstract/curve.js';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { ed448 } from '@noble/curves/ed448.js';
import { ed25519, ristretto255 } from '@noble/curves/ed25519.js';
import { p256, p384 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import type { Curve, CurveName, Curves, Point } from './curve.ts';
import { invalidPoint, invalidScalar } from './curve-errors.ts';
import { Decaf377Point } from './decaf377.ts';
import { redJubjubPoint } from './redjubjub.ts';

/** Scalars below this are multiplied by double-and-add. */
const SMALL_SCALAR_LIMIT = 1n << 12n;

/** What differs between the curves of noble when they are seen as a group of prime order. */
interface Shape {
  readonly name: CurveName;
  readonly pointBytes: number;
  /** 32 if absent. */
  readonly scalarBytes?: number;
  readonly scalarEndianness: 'big' | 'little';
}

/**
 * Any curve of noble as a `Curve`: the readable reference implementation, and the one that runs everywhere.
 *
 * It is NOT constant-time. `multiply` and `multiplyBase` use noble's fixed sequence of point operations with a blinded
 * scalar, but the field arithmetic below them is `bigint`, whose time depends on the values.
 */
function nobleCurve<F, P extends CurvePoint<F, P>>(shape: Shape, group: CurvePointCons<P>): Curve {
  const order = group.Fn.ORDER;
  const { scalarBytes = 32 } = shape;
  // A `Point` is opaque to callers: inside, it is noble's own instance.
  const wrap = (point: P): Point => point as unknown as Point;
  const unwrap = (point: Point): P => point as unknown as P;
  const reverseIfLittle = (bytes: Uint8Array) => (shape.scalarEndianness === 'little' ? bytes.reverse() : bytes);

  return {
    name: shape.name,
    backend: 'noble',
    order,
    scalarBytes,
    pointBytes: shape.pointBytes,
    generator: wrap(group.BASE),
    identity: wrap(group.ZERO),

    encodeScalar: (scalar) => reverseIfLittle(bigintToBytes(scalar, scalarBytes)),
    decodeScalar(bytes) {
      if (bytes.length !== scalarBytes) throw invalidScalar(shape.name);
      const scalar = bytesToBigint(reverseIfLittle(bytes.slice()));
      if (scalar >= order) throw invalidScalar(shape.name);
      return scalar;
    },

    encodePoint(point) {
      if (unwrap(point).is0()) throw invalidPoint(shape.name);
      return unwrap(point).toBytes();
    },
    decodePoint(bytes) {
      if (bytes.length !== shape.pointBytes) throw invalidPoint(shape.name);
      let point: P;
      try {
        point = group.fromBytes(bytes);
      } catch (cause) {
        throw invalidPoint(shape.name, cause);
      }
      // noble validates the subgroup when it decodes Weierstrass points (and caches that), not for Edwards points.
      if (point.is0() || !point.isTorsionFree()) throw invalidPoint(shape.name);
      return wrap(point);
    },

    equals: (a, b) => unwrap(a).equals(unwrap(b)),
    isIdentity: (point) => unwrap(point).is0(),
    add: (a, b) => wrap(unwrap(a).add(unwrap(b))),
    negate: (point) => wrap(unwrap(point).negate()),

    multiplyBase(secret) {
      if (secret <= 0n || secret >= order) throw invalidScalar(shape.name);
      return wrap(group.BASE.multiply(secret));
    },
    multiply(point, secret) {
      if (secret <= 0n || secret >= order) throw invalidScalar(shape.name);
      return wrap(unwrap(point).multiply(secret));
    },
    multiplyPublic: (point, scalar) =>
      wrap(scalar < SMALL_SCALAR_LIMIT ? multiplySmall(unwrap(point), scalar) : unwrap(point).multiplyUnsafe(scalar)),
    multiplyBasePublic: (scalar) => wrap(group.BASE.multiplyUnsafe(scalar)),
    sumOfProductsPublic(points, scalars) {
      let sum = group.ZERO;
      const factors: P[] = [];
      const weights: bigint[] = [];
      points.forEach((point, i) => {
        const scalar = scalars[i] as bigint;
        if (scalar === 1n) sum = sum.add(unwrap(point));
        else {
          factors.push(unwrap(point));
          weights.push(scalar);
        }
      });
      return wrap(sum.add(mulAddUnsafe(group, factors, weights)));
    },
  };
}

/** Double-and-add: for party indices it beats a general multiplication, which first builds a table. */
function multiplySmall<F, P extends CurvePoint<F, P>>(point: P, scalar: bigint): P {
  const factor = Number(scalar);
  if (factor === 0) return point.subtract(point);
  let sum = point;
  for (let bit = 30 - Math.clz32(factor); bit >= 0; bit--) {
    sum = sum.double();
    if ((factor >> bit) & 1) sum = sum.add(point);
  }
  return sum;
}

/** The reference implementation of every curve. Not constant-time; see `loadNativeCurves` for those that are. */
export const nobleCurves: Curves = {
  secp256k1: nobleCurve({ name: 'secp256k1', pointBytes: 33, scalarEndianness: 'big' }, secp256k1.Point),
  ed25519: nobleCurve({ name: 'ed25519', pointBytes: 32, scalarEndianness: 'little' }, ed25519.Point),
  bls12381g1: nobleCurve({ name: 'bls12381g1', pointBytes: 48, scalarEndianness: 'big' }, bls12_381.G1.Point),
  p256: nobleCurve({ name: 'p256', pointBytes: 33, scalarEndianness: 'big' }, p256.Point),
  p384: nobleCurve({ name: 'p384', pointBytes: 49, scalarBytes: 48, scalarEndianness: 'big' }, p384.Point),
  ristretto255: nobleCurve({ name: 'ristretto255', pointBytes: 32, scalarEndianness: 'little' }, ristretto255.Point),
  ed448: nobleCurve({ name: 'ed448', pointBytes: 57, scalarBytes: 57, scalarEndianness: 'little' }, ed448.Point),
  redjubjub: nobleCurve({ name: 'redjubjub', pointBytes: 32, scalarEndianness: 'little' }, redJubjubPoint),
  decaf377: nobleCurve({ name: 'decaf377', pointBytes: 32, scalarEndianness: 'little' }, Decaf377Point),
};
