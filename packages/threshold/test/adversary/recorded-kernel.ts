import type { Curve } from '../../src/curves/index.ts';
import type { MultiplicationKernel } from '../../src/ecdsa/index.ts';
import { createWasmKernel } from '../../src/ecdsa/native/index.ts';

const fast = createWasmKernel();

/** What a party computes in its multiplications, in the order of its peers. */
export interface RecordedKernel {
  readonly kernel: MultiplicationKernel;
  /** What it multiplied as holder, each time: instance, key share, check value. */
  readonly inputs: readonly (readonly bigint[])[];
  /** χ: the factors that it chose. */
  readonly factors: readonly bigint[];
  /** −c of both inputs, from its answers as holder. */
  readonly held: readonly (readonly bigint[])[];
  /** d of both inputs, from what it got as chooser. */
  readonly got: readonly (readonly bigint[])[];
}

/** A kernel, with an ear on the scalars that leave it. */
export function recordKernel(): RecordedKernel {
  const inputs: (readonly bigint[])[] = [];
  const factors: bigint[] = [];
  const held: (readonly bigint[])[] = [];
  const got: (readonly bigint[])[] = [];
  const kernel: MultiplicationKernel = {
    ...fast,
    rowsOf(curve: Curve) {
      const rows = fast.rowsOf(curve);
      return {
        ...rows,
        chosenSum(choices) {
          const factor = rows.chosenSum(choices);
          factors.push(factor);
          return factor;
        },
        maskRows(zero, one, addends) {
          inputs.push([...addends]);
          return rows.maskRows(zero, one, addends);
        },
        combineRows(pads, weights, chosen) {
          const combined = rows.combineRows(pads, weights, chosen);
          (chosen === undefined ? held : got).push(combined.sums);
          return combined;
        },
      };
    },
  };
  return { kernel, inputs, factors, held, got };
}
