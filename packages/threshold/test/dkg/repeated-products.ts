import type { Curve, Curves, Point } from '../../src/curves/index.ts';

/**
 * The same curves, remembering every product and encoding. Attacks on one setting repeat the honest run, whose parties
 * draw from seeds: the same scalars meet the same points again and again. Only for tests: it keeps secrets, for ever.
 */
export function withRepeatedProducts(curves: Curves): Curves {
  const entries = Object.entries(curves).map(([name, curve]) => [name, remembering(curve)]);
  return Object.fromEntries(entries) as Curves;
}

function remembering(curve: Curve): Curve {
  const names = new WeakMap<Point, number>();
  let named = 0;
  /** A point by its object: decoded points are the same object when `withPointCache` is below. */
  const nameOf = (point: Point): number => {
    const known = names.get(point);
    if (known !== undefined) return known;
    named += 1;
    names.set(point, named);
    return named;
  };
  const products = new Map<string, Point>();
  const once = (key: string, compute: () => Point): Point => {
    const product = products.get(key) ?? compute();
    products.set(key, product);
    return product;
  };
  const encodings = new WeakMap<Point, Uint8Array>();
  return {
    ...curve,
    multiplyBase: (secret) => once(`G ${secret}`, () => curve.multiplyBase(secret)),
    multiply: (point, secret) => once(`${nameOf(point)} ${secret}`, () => curve.multiply(point, secret)),
    sumOfProductsPublic: (points, scalars) =>
      once(`Σ ${points.map(nameOf)} ${scalars}`, () => curve.sumOfProductsPublic(points, scalars)),
    encodePoint(point) {
      const encoded = encodings.get(point) ?? curve.encodePoint(point);
      encodings.set(point, encoded);
      return encoded.slice();
    },
  };
}
