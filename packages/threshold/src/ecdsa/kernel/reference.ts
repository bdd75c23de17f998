import type { CurveName } from '../../curves/index.ts';
import { BASE_TRANSFERS, BLOCK_BYTES } from '../parameters.ts';
import { bitAt, transposeBits, xorMasked } from './bit-matrix.ts';
import type { MultiplicationKernel, RowKernel } from './multiplication-kernel.ts';
import { createRowArithmetic } from './row-arithmetic.ts';
import { UniversalHash } from './universal-hash.ts';

const rowKernels = new Map<CurveName, RowKernel>();

/** The reference, which runs everywhere. Its arithmetic with scalars is `bigint`: NOT constant-time. */
export const referenceKernel: MultiplicationKernel = {
  backend: 'typescript',

  hashBlocks(encrypt, inputs, outputBlocks) {
    const inner = encrypt(inputs);
    const tweaked = new Uint8Array(inputs.length * outputBlocks);
    const view = new DataView(tweaked.buffer);
    const length = outputBlocks * BLOCK_BYTES;
    for (let at = 0; at < tweaked.length; at += BLOCK_BYTES) {
      const input = Math.floor(at / length);
      tweaked.set(inner.subarray(input * BLOCK_BYTES, (input + 1) * BLOCK_BYTES), at);
      view.setUint32(at, view.getUint32(at) ^ input);
      view.setUint32(at + 4, view.getUint32(at + 4) ^ ((at % length) / BLOCK_BYTES));
    }
    const outer = encrypt(tweaked);
    for (let i = 0; i < outer.length; i++) {
      const at = Math.floor(i / length) * BLOCK_BYTES + (i % BLOCK_BYTES);
      outer[i] = (outer[i] as number) ^ (inner[at] as number);
    }
    inner.fill(0);
    tweaked.fill(0);
    return outer;
  },

  offerColumns(zero, one, choices) {
    const corrections = one.slice();
    for (let i = 0; i < corrections.length; i++) {
      corrections[i] = (corrections[i] as number) ^ (zero[i] as number) ^ (choices[i % choices.length] as number);
    }
    return { corrections, rows: transposeBits(zero, BASE_TRANSFERS, 8 * choices.length) };
  },
  holdColumns(columns, corrections, delta) {
    const length = columns.length / BASE_TRANSFERS;
    const corrected = columns.slice();
    for (let i = 0; i < BASE_TRANSFERS; i++) {
      const column = corrected.subarray(i * length, (i + 1) * length);
      xorMasked(column, corrections.subarray(i * length, (i + 1) * length), -bitAt(delta, i));
    }
    const rows = transposeBits(corrected, BASE_TRANSFERS, 8 * length);
    corrected.fill(0);
    return rows;
  },

  hashColumns: (key, rows) => new UniversalHash(key).hashColumns(rows),
  hashVector: (key, vector) => new UniversalHash(key).hashVector(vector),

  rowsOf(curve) {
    const known = rowKernels.get(curve.name);
    if (known !== undefined) return known;
    const created = createRowArithmetic(curve);
    rowKernels.set(curve.name, created);
    return created;
  },
};
