import { bigintToBytes, equalBytes } from '@keymesh/foundation';
import { type Curve, nobleCurves } from '../../curves/index.ts';
import { ThresholdError } from '../../errors.ts';
import { BASE_TRANSFERS, BLOCK_BYTES, parametersOf, WIDTH } from '../parameters.ts';
import type { MultiplicationKernel, RowKernel } from './multiplication-kernel.ts';
import { referenceKernel } from './reference.ts';

/** Bytes that differ everywhere and are the same in every test; some pads are above the order. */
function pattern(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i % 97 < 3 * seed ? 0xff : (i * (2 * seed + 89) + (i >> 7)) & 0xff));
}

function matrixResults(kernel: MultiplicationKernel): Uint8Array[] {
  const { columnBytes } = parametersOf(nobleCurves.secp256k1);
  const choices = pattern(columnBytes, 1);
  const { corrections, rows } = kernel.offerColumns(
    pattern(BASE_TRANSFERS * columnBytes, 2),
    pattern(BASE_TRANSFERS * columnBytes, 3),
    choices,
  );
  const key = pattern(columnBytes - BLOCK_BYTES, 4);
  return [
    corrections,
    rows,
    kernel.holdColumns(corrections, pattern(corrections.length, 5), pattern(BLOCK_BYTES, 6)),
    kernel.hashColumns(key, rows),
    kernel.hashVector(key, choices),
    kernel.hashBlocks((blocks) => blocks.map((byte) => byte ^ 0x5a), pattern(4 * BLOCK_BYTES, 7), 3),
  ];
}

/** Pads, in the first rows of which sums come out as the order itself, which only a last subtraction makes zero. */
function patternPads(curve: Curve): [Uint8Array, Uint8Array, Uint8Array] {
  const { factorBits, padBytes } = parametersOf(curve);
  const [zero, one, other] = [1, 2, 3].map((seed) => pattern(factorBits * WIDTH * padBytes, seed)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const rowBytes = WIDTH * padBytes;
  zero.fill(0, 0, 2 * rowBytes);
  one.fill(0, 0, 2 * rowBytes);
  const order = bigintToBytes(curve.order, padBytes);
  // All three values of the first row; in the second one the last, which enters the check value unmultiplied.
  for (const at of [0, padBytes, 2 * padBytes, 2 * rowBytes - padBytes]) zero.set(order, at);
  return [zero, one, other];
}

function rowResults(rows: RowKernel, curve: Curve): Uint8Array[] {
  const [zero, one, other] = patternPads(curve);
  const largest = curve.order - 1n;
  const masked = rows.maskRows(zero, one, [0n, largest, largest >> 1n]);
  const choices = pattern(parametersOf(curve).columnBytes, 4);
  const held = rows.combineRows(zero, [largest, 3n]);
  const chosen = rows.combineRows(other, [5n, largest], { masked, choices, claimed: largest });
  const unreduced = masked.slice().fill(0xff, 0, curve.scalarBytes);
  return [
    masked,
    held.checks,
    chosen.checks,
    ...[...held.sums, ...chosen.sums, rows.chosenSum(choices)].map((scalar) => curve.encodeScalar(scalar)),
    Uint8Array.of(Number(rows.areReduced(masked)), Number(rows.areReduced(unreduced))),
  ];
}

/**
 * Refuses a kernel that does not compute what the reference computes.
 * @throws ThresholdError `ecdsa/kernel-unavailable`.
 */
export function assertSameKernel(kernel: MultiplicationKernel): MultiplicationKernel {
  expectSame(matrixResults(kernel), matrixResults(referenceKernel));
  return kernel;
}

/** The same for the rows of one curve, which a kernel makes when they are first asked for. */
export function assertSameRows(rows: RowKernel, curve: Curve): RowKernel {
  expectSame(rowResults(rows, curve), rowResults(referenceKernel.rowsOf(curve), curve));
  return rows;
}

function expectSame(actual: readonly Uint8Array[], expected: readonly Uint8Array[]): void {
  if (actual.every((bytes, i) => equalBytes(bytes, expected[i] as Uint8Array))) return;
  throw new ThresholdError('The kernel gives other results than the reference.', {
    code: 'ecdsa/kernel-unavailable',
    fault: 'environment',
    hint: 'Pass referenceKernel instead, and report the platform.',
  });
}
