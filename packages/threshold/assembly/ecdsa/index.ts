/**
 * The kernel of threshold ECDSA: `MultiplicationKernel` of src/ecdsa/kernel/multiplication-kernel.ts in memory that the
 * host lays out. Pointers are the host's; what it put there, it also wipes. One instance computes for one curve.
 */
export { foldBlocks, tweakBlocks } from './blocks';
export { hashColumns, hashVector, holdColumns, offerColumns } from './matrix';
export { areReduced, chosenSum, combineRows, configure, decodeScalars, maskRows, narrowPads } from './rows';

/** Where the host's memory begins. */
export function heapBase(): usize {
  return __heap_base;
}
