import type { MultiplicationKernel } from '../kernel/multiplication-kernel.ts';
import type { SymmetricPrimitives } from '../primitives.ts';

/** Who encrypts, and who adds. */
export interface BlockHashBackend {
  readonly primitives: SymmetricPrimitives;
  readonly kernel: MultiplicationKernel;
}

/**
 * `MultiplicationKernel.hashBlocks` with π = AES-256. The paper fixes the key; here it is the digest of the session, so
 * that no two sessions or uses share a permutation.
 *
 * @param key 32 bytes, public, another one for each use.
 * @param inputs blocks of 16 bytes; SECRET.
 * @returns for each input in order, `outputBlocks` blocks of 16 bytes. SECRET.
 */
export function hashBlocks(
  { primitives, kernel }: BlockHashBackend,
  key: Uint8Array,
  inputs: Uint8Array,
  outputBlocks: number,
): Uint8Array {
  return kernel.hashBlocks((blocks) => primitives.encryptBlocks(key, blocks), inputs, outputBlocks);
}
