import type { Sodium } from 'sodium-native';
import type { Curve, Point } from '../curve.ts';
import { invalidPoint, invalidScalar } from '../curve-errors.ts';
import { nobleCurves } from '../noble.ts';
import { LazyEdwardsPoint } from './lazy-edwards-point.ts';
import type { KernelPoint, PointsKernel } from './points-kernel.ts';

const POINT_BYTES = 32;
/** Below this the kernel's additions beat one multiplication of libsodium, whose time does not depend on the scalar. */
const SMALL_SCALAR_LIMIT = 1n << 12n;

/**
 * Ed25519 over libsodium and the curve's WebAssembly kernel. Multiplications by secrets, and single ones by large public
 * scalars, are libsodium's constant-time ones, as is the check of what peers sent; sums are the kernel's.
 */
export function createLibsodiumCurve(sodium: Sodium, kernel: PointsKernel): Curve {
  const { order, scalarBytes, encodeScalar, decodeScalar } = nobleCurves.ed25519;
  const name = 'ed25519';
  const wrap = (point: LazyEdwardsPoint): Point => point as unknown as Point;
  const unwrap = (point: Point): LazyEdwardsPoint => point as unknown as LazyEdwardsPoint;
  const identity = new LazyEdwardsPoint(kernel, { point: kernel.identity });
  const isIdentity = (point: LazyEdwardsPoint): boolean => point === identity;
  const fromBytes = (bytes: Uint8Array): LazyEdwardsPoint => new LazyEdwardsPoint(kernel, { bytes });
  const fromKernel = (point: KernelPoint): LazyEdwardsPoint =>
    kernel.isIdentity(point) ? identity : new LazyEdwardsPoint(kernel, { point });

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
    return fromBytes(result);
  };
  const multiplyBase = (scalar: bigint): LazyEdwardsPoint =>
    multiplied(scalar, (result, bytes) => sodium.crypto_scalarmult_ed25519_base_noclamp(result, bytes));
  const multiply = (point: LazyEdwardsPoint, scalar: bigint): LazyEdwardsPoint => {
    if (isIdentity(point)) return identity;
    return multiplied(scalar, (result, bytes) => sodium.crypto_scalarmult_ed25519_noclamp(result, bytes, point.bytes));
  };
  const sumOfProducts = (points: readonly LazyEdwardsPoint[], scalars: readonly bigint[]): LazyEdwardsPoint => {
    if (scalars.some((scalar) => scalar < 0n || scalar >= order)) throw invalidScalar(name);
    const coordinates = points.map(({ point }) => point);
    return fromKernel(kernel.sumOfProductsPublic(coordinates, scalars));
  };
  const multiplyPublic = (point: LazyEdwardsPoint, scalar: bigint): LazyEdwardsPoint => {
    if (scalar === 0n || isIdentity(point)) return identity;
    if (scalar === 1n) return point;
    return scalar < SMALL_SCALAR_LIMIT ? sumOfProducts([point], [scalar]) : multiply(point, scalar);
  };
  const add = (a: LazyEdwardsPoint, b: LazyEdwardsPoint): LazyEdwardsPoint => {
    if (isIdentity(a)) return b;
    return isIdentity(b) ? a : fromKernel(kernel.add(a.point, b.point));
  };

  return {
    name,
    backend: 'libsodium',
    order,
    scalarBytes,
    pointBytes: POINT_BYTES,
    generator: wrap(multiplyBase(1n)),
    identity: wrap(identity),
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
      return wrap(fromBytes(bytes.slice()));
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
    multiplyBasePublic: (scalar) => wrap(scalar === 0n ? identity : multiplyBase(scalar)),
    sumOfProductsPublic: (points, scalars) => wrap(sumOfProducts(points.map(unwrap), scalars)),
  };
}
