import type { Curve, Point } from '../curve.ts';
import { invalidPoint, invalidScalar } from '../curve-errors.ts';
import type { PointEncoding } from './point-encodings.ts';
import type { KernelPoint, PointsKernel } from './points-kernel.ts';

/**
 * A curve over its WebAssembly kernel. `multiply` and `multiplyBase` run the same instructions on the same addresses
 * whatever the scalar is; what arrives here is a `bigint` all the same, and writing it into the kernel's memory takes as
 * long as its length in words. Points are the kernel's, of prime order or the identity.
 *
 * @param reference the same curve over noble: order, lengths and scalars are taken from it.
 */
export function createWasmCurve(kernel: PointsKernel, encoding: PointEncoding, reference: Curve): Curve {
  const { name, order, scalarBytes, pointBytes, encodeScalar, decodeScalar } = reference;
  const wrap = (point: KernelPoint): Point => point as unknown as Point;
  const unwrap = (point: Point): KernelPoint => point as unknown as KernelPoint;
  const assertSecret = (scalar: bigint): void => {
    if (scalar <= 0n || scalar >= order) throw invalidScalar(name);
  };
  const assertPublic = (scalar: bigint): void => {
    if (scalar < 0n || scalar >= order) throw invalidScalar(name);
  };

  return {
    name,
    backend: 'wasm',
    order,
    scalarBytes,
    pointBytes,
    generator: wrap(kernel.generator),
    identity: wrap(kernel.identity),
    encodeScalar,
    decodeScalar,
    encodePoint(point) {
      if (kernel.isIdentity(unwrap(point))) throw invalidPoint(name);
      return encoding.fromKernel(kernel.encode(unwrap(point)));
    },
    decodePoint(bytes) {
      const kernelBytes = bytes.length === pointBytes ? encoding.toKernel(bytes) : undefined;
      const point = kernelBytes === undefined ? undefined : kernel.decode(kernelBytes);
      if (point === undefined) throw invalidPoint(name);
      return wrap(point);
    },
    equals: (a, b) => kernel.areEqual(unwrap(a), unwrap(b)),
    isIdentity: (point) => kernel.isIdentity(unwrap(point)),
    add: (a, b) => wrap(kernel.add(unwrap(a), unwrap(b))),
    negate: (point) => wrap(kernel.negate(unwrap(point))),
    multiplyBase(secret) {
      assertSecret(secret);
      return wrap(kernel.multiplyBase(secret));
    },
    multiply(point, secret) {
      assertSecret(secret);
      return wrap(kernel.multiply(unwrap(point), secret));
    },
    multiplyPublic(point, scalar) {
      assertPublic(scalar);
      return wrap(kernel.sumOfProductsPublic([unwrap(point)], [scalar]));
    },
    multiplyBasePublic(scalar) {
      assertPublic(scalar);
      return wrap(kernel.multiplyBasePublic(scalar));
    },
    sumOfProductsPublic(points, scalars) {
      scalars.forEach(assertPublic);
      return wrap(kernel.sumOfProductsPublic(points.map(unwrap), scalars));
    },
  };
}
