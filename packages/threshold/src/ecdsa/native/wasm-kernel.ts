import type { CurveName } from '../../curves/index.ts';
import { ecdsaKernel } from '../../generated/ecdsa-kernel.ts';
import type { MultiplicationKernel, RowKernel } from '../kernel/multiplication-kernel.ts';
import { assertSameKernel, assertSameRows } from '../kernel/self-test.ts';
import { BASE_TRANSFERS, BLOCK_BYTES } from '../parameters.ts';
import { KernelMemory } from './kernel-memory.ts';
import { createWasmRows } from './wasm-rows.ts';
import { compileKernel } from './web-assembly.ts';

const ROW_BYTES = BLOCK_BYTES;

/**
 * The kernel in WebAssembly (`assembly/ecdsa`): several times as fast as the reference, and its code neither branches on
 * secrets nor looks anything up by them. One for each thread: it owns about half a megabyte for each curve that is used.
 *
 * @throws ThresholdError `ecdsa/kernel-unavailable` where it does not run or computes something else than the reference.
 */
export function createWasmKernel(): MultiplicationKernel {
  const instantiate = compileKernel(ecdsaKernel);
  const memory = new KernelMemory(instantiate());
  const { exports } = memory;
  const rowKernels = new Map<CurveName, RowKernel>();
  return assertSameKernel({
    backend: 'webassembly',

    hashBlocks: (encrypt, inputs, outputBlocks) =>
      memory.during(() => {
        const count = inputs.length / BLOCK_BYTES;
        const encrypted = encrypt(inputs);
        const inner = memory.put(encrypted);
        encrypted.fill(0);
        const tweaked = memory.reserve(inputs.length * outputBlocks);
        exports.tweakBlocks(inner, count, outputBlocks, tweaked);
        const outer = encrypt(memory.view(tweaked, inputs.length * outputBlocks));
        const folded = memory.put(outer);
        exports.foldBlocks(folded, inner, count, outputBlocks);
        outer.set(memory.view(folded, outer.length));
        return outer;
      }),

    offerColumns: (zero, one, choices) =>
      memory.during(() => {
        const corrections = memory.put(one);
        const rows = memory.reserve(zero.length);
        exports.offerColumns(memory.put(zero), corrections, memory.put(choices), choices.length, rows);
        return { corrections: memory.get(corrections, one.length), rows: memory.get(rows, zero.length) };
      }),
    holdColumns: (columns, corrections, delta) =>
      memory.during(() => {
        const rows = memory.reserve(columns.length);
        const length = columns.length / BASE_TRANSFERS;
        exports.holdColumns(memory.put(columns), memory.put(corrections), memory.put(delta), length, rows);
        return memory.get(rows, columns.length);
      }),

    hashColumns: (key, rows) =>
      memory.during(() => {
        const target = memory.reserve(BASE_TRANSFERS * ROW_BYTES);
        exports.hashColumns(memory.put(key), key.length / BLOCK_BYTES, memory.put(rows), target);
        return memory.get(target, BASE_TRANSFERS * ROW_BYTES);
      }),
    hashVector: (key, vector) =>
      memory.during(() => {
        const target = memory.reserve(BLOCK_BYTES);
        exports.hashVector(memory.put(key), key.length / BLOCK_BYTES, memory.put(vector), target);
        return memory.get(target, BLOCK_BYTES);
      }),

    rowsOf(curve) {
      const known = rowKernels.get(curve.name);
      if (known !== undefined) return known;
      const created = assertSameRows(createWasmRows(curve, instantiate()), curve);
      rowKernels.set(curve.name, created);
      return created;
    },
  });
}
