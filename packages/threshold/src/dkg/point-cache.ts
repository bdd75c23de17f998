import { toHex } from '@keymesh/foundation';
import type { Curve, Curves, Point } from '../curves/index.ts';

/**
 * Points and sums kept for each curve unless told otherwise: more than a key generation of ten parties decodes, and
 * more than the proofs that it checks.
 */
const ENTRIES_MAX_DEFAULT = 512;

/**
 * The same curves, remembering the last decoded points and the last sums of products, which are public both. Decoding
 * checks the subgroup, which on BLS12-381, Ed448 and RedJubjub costs as much as a multiplication, and a proof is
 * checked by a sum; where several parties run in one process (simulation, tests), each would repeat what the others
 * did. One party alone decodes and checks everything once and gains nothing. Only valid points are kept.
 *
 * @param entriesMax of each kind for each curve; the oldest leaves first.
 */
export function withPointCache(curves: Curves, entriesMax: number = ENTRIES_MAX_DEFAULT): Curves {
  const entries = Object.entries(curves).map(([name, curve]) => [name, cached(curve, entriesMax)]);
  return Object.fromEntries(entries) as Curves;
}

function cached(curve: Curve, entriesMax: number): Curve {
  const points = new Recent(entriesMax);
  const sums = new Recent(entriesMax);
  const numberOf = numbering();
  return {
    ...curve,
    decodePoint: (bytes) => points.get(toHex(bytes), () => curve.decodePoint(bytes)),
    sumOfProductsPublic: (terms, scalars) =>
      sums.get(`${terms.map(numberOf)};${scalars}`, () => curve.sumOfProductsPublic(terms, scalars)),
  };
}

/** The last results by key. */
class Recent {
  readonly #entries = new Map<string, Point>();
  readonly #entriesMax: number;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get(key: string, compute: () => Point): Point {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const point = compute();
    if (this.#entries.size >= this.#entriesMax) this.#entries.delete(this.#entries.keys().next().value as string);
    this.#entries.set(key, point);
    return point;
  }
}

/** A number for each object: equal points that are different objects count as different, which is only slower. */
function numbering(): (point: Point) => number {
  const numbers = new WeakMap<Point, number>();
  let last = 0;
  return (point) => {
    const known = numbers.get(point);
    if (known !== undefined) return known;
    last += 1;
    numbers.set(point, last);
    return last;
  };
}
