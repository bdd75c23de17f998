import { bytesToBigint, concatBytes } from '@keymesh/foundation';
import { type Curve, modulo } from '../../curves/index.ts';
import { gadgetOf } from '../gadget.ts';
import type { RowKernel } from '../kernel/multiplication-kernel.ts';
import { INPUT_COUNT, parametersOf, WIDTH } from '../parameters.ts';
import { KernelMemory } from './kernel-memory.ts';
import type { KernelExports } from './web-assembly.ts';

/** assembly/ecdsa/field.ts: limbs of 26 bits in groups of five. */
const LIMB_BITS = 26;
const LIMB_GROUP = 5;
const LIMB_BYTES = 4;

/** Rows of scalars modulo the order of one curve, in an instance of their own. */
export function createWasmRows(curve: Curve, exports: KernelExports): RowKernel {
  const { orderBits, padBytes, factorBits } = parametersOf(curve);
  const { scalarBytes } = curve;
  const memory = new KernelMemory(exports);
  const limbs = LIMB_GROUP * Math.ceil(orderBits / (LIMB_GROUP * LIMB_BITS));
  /** Montgomery's R: a public multiple goes in times R, for a product to come out without it. */
  const radix = 1n << BigInt(LIMB_BITS * limbs);
  const encode = (scalar: bigint): Uint8Array => curve.encodeScalar(modulo(curve, scalar));
  const encodeTimesRadix = (scalars: readonly bigint[]): Uint8Array =>
    concatBytes(...scalars.map((scalar) => encode(scalar * radix)));

  memory.during(() => {
    // The order itself is no scalar, so that it cannot go through `encode`.
    const order = concatBytes(encode(-1n));
    order[scalarBytes - 1] = (order[scalarBytes - 1] as number) + 1;
    exports.configure(orderBits, memory.put(concatBytes(order, encode(radix * radix))));
  });
  const gadget = memory.reserve(factorBits * limbs * LIMB_BYTES);
  memory.keep();
  memory.during(() => exports.decodeScalars(memory.put(encodeTimesRadix(gadgetOf(curve))), factorBits, gadget));
  const scalarAt = (at: number): bigint => {
    const bytes = memory.get(at, scalarBytes);
    const scalar = bytesToBigint(bytes);
    bytes.fill(0);
    return scalar;
  };

  /** Pads as long as scalars. */
  const putPads = (pads: Uint8Array): number => {
    const wide = memory.put(pads);
    if (padBytes === scalarBytes) return wide;
    const narrow = memory.reserve(factorBits * WIDTH * scalarBytes);
    exports.narrowPads(wide, factorBits * WIDTH, narrow);
    return narrow;
  };

  return {
    chosenSum: (choices) =>
      memory.during(() => {
        const target = memory.reserve(scalarBytes);
        exports.chosenSum(gadget, memory.put(choices), factorBits, target);
        return scalarAt(target);
      }),
    maskRows: (zero, one, addends) =>
      memory.during(() => {
        const target = memory.reserve(factorBits * WIDTH * scalarBytes);
        const encoded = concatBytes(...addends.map(encode));
        exports.maskRows(putPads(zero), putPads(one), factorBits, memory.put(encoded), target);
        encoded.fill(0);
        return memory.get(target, factorBits * WIDTH * scalarBytes);
      }),
    combineRows: (pads, weights, chosen) =>
      memory.during(() => {
        const numbers = concatBytes(encodeTimesRadix(weights), encode(-(chosen?.claimed ?? 0n)));
        const checks = memory.reserve((factorBits + INPUT_COUNT) * scalarBytes);
        exports.combineRows(
          putPads(pads),
          factorBits,
          gadget,
          memory.put(numbers),
          chosen === undefined ? 0 : memory.put(chosen.masked),
          chosen === undefined ? 0 : memory.put(chosen.choices),
          checks,
        );
        const sums = checks + factorBits * scalarBytes;
        return {
          checks: memory.get(checks, factorBits * scalarBytes),
          sums: Array.from({ length: INPUT_COUNT }, (_, input) => scalarAt(sums + input * scalarBytes)),
        };
      }),
    areReduced: (scalars) =>
      memory.during(() => exports.areReduced(memory.put(scalars), scalars.length / scalarBytes) === 1),
  };
}
