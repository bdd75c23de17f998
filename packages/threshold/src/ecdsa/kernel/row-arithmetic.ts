import { bigintToBytes, bytesToBigint, compareBytes, concatBytes } from '@keymesh/foundation';
import { type Curve, modulo } from '../../curves/index.ts';
import { gadgetOf } from '../gadget.ts';
import { INPUT_COUNT, parametersOf, WIDTH } from '../parameters.ts';
import { bitAt } from './bit-matrix.ts';
import type { ChosenRows, RowKernel } from './multiplication-kernel.ts';

/** Rows of scalars as `bigint`s: what the protocol says and nothing else, for any order. NOT constant-time. */
export function createRowArithmetic(curve: Curve): RowKernel {
  const { padBytes, factorBits } = parametersOf(curve);
  const { scalarBytes } = curve;
  const gadget = gadgetOf(curve);
  const largest = curve.encodeScalar(curve.order - 1n);
  const encode = (values: readonly bigint[]): Uint8Array =>
    concatBytes(...values.map((value) => bigintToBytes(modulo(curve, value), scalarBytes)));
  const bitsOf = (choices: Uint8Array): bigint[] =>
    Array.from({ length: factorBits }, (_, row) => BigInt(bitAt(choices, row)));
  const weigh = (values: readonly bigint[], weights: readonly bigint[]): bigint =>
    modulo(
      curve,
      values.reduce((sum, value, i) => sum + value * (weights[i] as bigint), 0n),
    );

  return {
    chosenSum: (choices) => weigh(bitsOf(choices), gadget),
    maskRows(zero, one, addends) {
      const subtracted = integersOf(one, padBytes);
      return encode(
        integersOf(zero, padBytes).map((pad, i) => pad - (subtracted[i] as bigint) + (addends[i % WIDTH] as bigint)),
      );
    },
    combineRows(pads, weights, chosen) {
      const values = integersOf(pads, padBytes);
      const bits = chosen === undefined ? [] : bitsOf(chosen.choices);
      if (chosen !== undefined) addChosen(values, chosen, bits, scalarBytes);
      const columns = Array.from({ length: WIDTH }, (_, column) => values.filter((_, i) => i % WIDTH === column));
      const checks = (columns[INPUT_COUNT] as bigint[]).map((value, row) => {
        const inputs = columns.slice(0, INPUT_COUNT).map((column) => column[row] as bigint);
        return value + weigh(inputs, weights) - (bits[row] ?? 0n) * (chosen?.claimed ?? 0n);
      });
      return { checks: encode(checks), sums: columns.slice(0, INPUT_COUNT).map((column) => weigh(column, gadget)) };
    },
    areReduced: (scalars) => split(scalars, scalarBytes).every((scalar) => compareBytes(scalar, largest) <= 0),
  };
}

function addChosen(values: bigint[], { masked }: ChosenRows, bits: readonly bigint[], scalarBytes: number): void {
  integersOf(masked, scalarBytes).forEach((value, i) => {
    values[i] = (values[i] as bigint) + (bits[Math.floor(i / WIDTH)] as bigint) * value;
  });
}

function integersOf(bytes: Uint8Array, length: number): bigint[] {
  return split(bytes, length).map(bytesToBigint);
}

function split(bytes: Uint8Array, length: number): Uint8Array[] {
  return Array.from({ length: bytes.length / length }, (_, i) => bytes.subarray(i * length, (i + 1) * length));
}
