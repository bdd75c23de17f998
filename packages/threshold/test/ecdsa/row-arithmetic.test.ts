import { bigintToBytes, bytesToBigint, concatBytes } from '@keymesh/foundation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nobleCurves } from '../../src/curves/index.ts';
import { RowArithmetic } from '../../src/ecdsa/row-arithmetic.ts';

const { order } = nobleCurves.secp256k1;
const arithmetic = new RowArithmetic(order);
const mod = (value: bigint) => ((value % order) + order) % order;

/** Values where carries and reductions change, and any others. */
const EDGES = [
  0n,
  1n,
  order - 1n,
  order,
  order + 1n,
  2n ** 256n - 1n,
  2n ** 240n,
  2n ** 240n - 1n,
  2n ** 256n - 2n ** 128n,
];
const word = fc.oneof(fc.constantFrom(...EDGES), fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }));
const scalar = word.map(mod);
const WIDTH = 3;
const row = fc.record({
  a: fc.tuple(word, word, word),
  b: fc.tuple(word, word, word),
  bit: fc.nat({ max: 1 }),
  factor: scalar,
});
const rows = fc.array(row, { minLength: 1, maxLength: 420, size: 'max' });

const encode = (values: readonly bigint[]) => concatBytes(...values.map((value) => bigintToBytes(value, 32)));
const decode = (bytes: Uint8Array) =>
  Array.from({ length: bytes.length / 32 }, (_, i) => bytesToBigint(bytes.slice(32 * i, 32 * i + 32)));
const limbs = (values: readonly bigint[]) => arithmetic.decode(encode(values));

/** `bigint` is the oracle. */
describe('rows of scalars', () => {
  it('are masked', () => {
    fc.assert(
      fc.property(rows, fc.tuple(scalar, scalar, scalar), (list, addends) => {
        const [a, b] = [list.flatMap((each) => each.a), list.flatMap((each) => each.b)];
        const masked = arithmetic.maskRows(limbs(a), limbs(b), arithmetic.fromScalars(addends));
        expect(decode(masked)).toEqual(
          a.map((value, i) => mod(value - (b[i] as bigint) + (addends[i % WIDTH] as bigint))),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('are chosen, combined and multiplied', () => {
    fc.assert(
      fc.property(rows, fc.tuple(scalar, scalar), scalar, (list, weights, offset) => {
        const bits = Uint8Array.from(list, ({ bit }) => bit);
        const chosen = limbs(list.flatMap(({ a }) => a));
        arithmetic.addChosen(chosen, limbs(list.flatMap(({ b }) => b)), bits, WIDTH);
        const values = list.map(({ a, b, bit }) => a.map((value, i) => value + BigInt(bit) * (b[i] as bigint)));
        const combined = arithmetic.combineRows(
          chosen,
          arithmetic.fromScalars(weights),
          bits,
          arithmetic.fromScalars([offset]),
        );
        expect(decode(combined)).toEqual(
          values.map(([x, y, z], i) =>
            mod(
              (z as bigint) +
                weights[0] * (x as bigint) +
                weights[1] * (y as bigint) +
                BigInt(bits[i] as number) * offset,
            ),
          ),
        );
        const factors = list.map(({ factor }) => factor);
        for (const column of [0, 1, 2]) {
          const expected = mod(
            values.reduce((sum, each, i) => sum + (factors[i] as bigint) * (each[column] as bigint), 0n),
          );
          expect(arithmetic.innerProduct(arithmetic.fromScalars(factors), chosen, WIDTH, column)).toBe(expected);
        }
        const sum = mod(factors.reduce((total, factor, i) => total + BigInt(bits[i] as number) * factor, 0n));
        expect(arithmetic.chosenSum(arithmetic.fromScalars(factors), bits)).toBe(sum);
      }),
      { numRuns: 30 },
    );
  });
});
