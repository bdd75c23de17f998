import { toHex } from '@keymesh/foundation';
import type { Curve, Curves, Point } from '../curves/index.ts';

/** Points kept for each curve unless told otherwise: more than a key generation of ten parties decodes. */
const POINTS_MAX_DEFAULT = 512;

/**
 * The same curves, remembering the last decoded points. Decoding checks the subgroup, which on BLS12-381 costs as much
 * as a multiplication; where several parties run in one process (simulation, tests), each would repeat it. One party
 * alone decodes every point once and gains nothing. Only valid, public points are kept.
 *
 * @param pointsMax entries for each curve; the oldest leaves first.
 */
export function withPointCache(curves: Curves, pointsMax: number = POINTS_MAX_DEFAULT): Curves {
  return {
    secp256k1: cached(curves.secp256k1, pointsMax),
    ed25519: cached(curves.ed25519, pointsMax),
    bls12381g1: cached(curves.bls12381g1, pointsMax),
  };
}

function cached(curve: Curve, pointsMax: number): Curve {
  const points = new Map<string, Point>();
  return {
    ...curve,
    decodePoint(bytes) {
      const key = toHex(bytes);
      const known = points.get(key);
      if (known !== undefined) return known;
      const point = curve.decodePoint(bytes);
      if (points.size >= pointsMax) points.delete(points.keys().next().value as string);
      points.set(key, point);
      return point;
    },
  };
}
