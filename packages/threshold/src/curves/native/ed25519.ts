import { equalBytes } from '@keymesh/foundation';
import { ed25519 } from '@noble/curves/ed25519.js';
import type { Sodium } from 'sodium-native';
import type { Curve, Point } from '../curve.ts';
import { invalidPoint, invalidScalar } from '../curve-errors.ts';
import { nobleCurves } from '../noble.ts';
import { LazyEdwardsPoint } from './lazy-edwards-point.ts';

const POINT_BYTES = 32;
/** Below this, noble's cheap doublings beat one multiplication of libsodium, whose time does not depend on the scalar. */
const SMALL_SCALAR_LIMIT = 1n << 12n;

const IDENTITY = new LazyEdwardsPoint({ point: ed25519.Point.ZERO });
const IDENTITY_BYTES = ed25519.Point.ZERO.toBytes();

/**
 * Ed25519 over libsodium. All multiplications are libsodium's constant-time ones, except for small public scalars;
 * additions, which are of public points, take whichever form the operands have.
 */
export function createLibsodiumCurve(sodium: Sodium): Curve {
  const { order, scalarBytes, encodeScalar, decodeScalar } = nobleCurves.ed25519;
  const name = 'ed25519';
  const wrap = (point: LazyEdwardsPoint): Point => point as unknown as Point;
  const unwrap = (point: Point): LazyEdwardsPoint => point as unknown as LazyEdwardsPoint;
  const isIdentity = (point: LazyEdwardsPoint): boolean => point === IDENTITY;

  /** Runs `compute` into fresh bytes with the encoded scalar in [1, order), and wipes that copy. */
  const multiplied = (scalar: bigint, compute: (result: Uint8Array, bytes: Uint8Array) => void): LazyEdwardsPoint => {
    if (scalar <= 0n || scalar >= order) throw invalidScalar(name);
    const bytes = encodeScalar(scalar);
    const result = new Uint8Array(POINT_BYTES);
    try {
      compute(result, bytes);
    } finally {
      bytes.fill(0);
    }
    return new LazyEdwardsPoint({ bytes: result });
  };
  const multiplyBase = (scalar: bigint): LazyEdwardsPoint =>
    multiplied(scalar, (result, bytes) => sodium.crypto_scalarmult_ed25519_base_noclamp(result, bytes));
  const multiply = (point: LazyEdwardsPoint, scalar: bigint): LazyEdwardsPoint => {
    if (isIdentity(point)) return IDENTITY;
    return multiplied(scalar, (result, bytes) => sodium.crypto_scalarmult_ed25519_noclamp(result, bytes, point.bytes));
  };
  const multiplyPublic = (point: LazyEdwardsPoint, scalar: bigint): LazyEdwardsPoint => {
    if (scalar === 0n || isIdentity(point)) return IDENTITY;
    if (scalar === 1n) return point;
    if (scalar >= SMALL_SCALAR_LIMIT) return multiply(point, scalar);
    if (scalar < 0n) throw invalidScalar(name);
    const product = nobleCurves.ed25519.multiplyPublic(point.point as unknown as Point, scalar);
    return new LazyEdwardsPoint({ point: product as unknown as typeof point.point });
  };
  const add = (a: LazyEdwardsPoint, b: LazyEdwardsPoint): LazyEdwardsPoint => {
    if (isIdentity(a)) return b;
    if (isIdentity(b)) return a;
    if (a.hasPoint || b.hasPoint) {
      const sum = a.point.add(b.point);
      return sum.is0() ? IDENTITY : new LazyEdwardsPoint({ point: sum });
    }
    const sum = new Uint8Array(POINT_BYTES);
    sodium.crypto_core_ed25519_add(sum, a.bytes, b.bytes);
    return equalBytes(sum, IDENTITY_BYTES) ? IDENTITY : new LazyEdwardsPoint({ bytes: sum });
  };

  return {
    name,
    backend: 'libsodium',
    order,
    scalarBytes,
    pointBytes: POINT_BYTES,
    generator: wrap(multiplyBase(1n)),
    identity: wrap(IDENTITY),
    encodeScalar,
    decodeScalar,
    encodePoint(point) {
      if (isIdentity(unwrap(point))) throw invalidPoint(name);
      return unwrap(point).bytes.slice();
    },
    decodePoint(bytes) {
      // Canonical, on the curve, of prime order and not the identity: libsodium checks all of it.
      const valid = bytes.length === POINT_BYTES && sodium.crypto_core_ed25519_is_valid_point(bytes);
      if (!valid) throw invalidPoint(name);
      return wrap(new LazyEdwardsPoint({ bytes: bytes.slice() }));
    },
    equals: (a, b) => unwrap(a).equals(unwrap(b)),
    isIdentity: (point) => isIdentity(unwrap(point)),
    add: (a, b) => wrap(add(unwrap(a), unwrap(b))),
    negate: (point) => (isIdentity(unwrap(point)) ? point : wrap(unwrap(point).negate())),
    multiplyBase: (secret) => wrap(multiplyBase(secret)),
    multiply(point, secret) {
      if (secret <= 0n || secret >= order) throw invalidScalar(name);
      return wrap(multiply(unwrap(point), secret));
    },
    multiplyPublic: (point, scalar) => wrap(multiplyPublic(unwrap(point), scalar)),
    multiplyBasePublic: (scalar) => wrap(scalar === 0n ? IDENTITY : multiplyBase(scalar)),
    sumOfProductsPublic: (points, scalars) =>
      wrap(points.map((point, i) => multiplyPublic(unwrap(point), scalars[i] as bigint)).reduce(add, IDENTITY)),
  };
}
