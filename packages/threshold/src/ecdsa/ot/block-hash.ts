import { BLOCK_BYTES } from '../parameters.ts';
import type { SymmetricPrimitives } from '../primitives.ts';

const WORDS = BLOCK_BYTES / 4;

/**
 * A tweakable hash of secret blocks to several blocks each: TMMO, H(x, i) = π(π(x) ⊕ i) ⊕ π(x) with π = AES under
 * `key` (Guo, Katz, Wang, Yu: "Efficient and secure multiparty computation from fixed-key block ciphers", IEEE S&P
 * 2020, §7.4; circular correlation robust in the ideal cipher model). The tweak is (position of the input, number of
 * the output block). The paper fixes the key; here it is the digest of the session, so that no two sessions or uses
 * share a permutation.
 *
 * @param key 32 bytes, public, another one for each use.
 * @param inputs blocks of 16 bytes; SECRET.
 * @returns for each input in order, `outputBlocks` blocks of 16 bytes.
 */
export function hashBlocks(
  primitives: SymmetricPrimitives,
  key: Uint8Array,
  inputs: Uint8Array,
  outputBlocks: number,
): Uint8Array {
  const inner = words(primitives.encryptBlocks(key, inputs));
  const count = inputs.length / BLOCK_BYTES;
  const tweaked = new Uint32Array(count * outputBlocks * WORDS);
  for (let input = 0, at = 0; input < count; input++) {
    for (let block = 0; block < outputBlocks; block++, at += WORDS) {
      for (let word = 0; word < WORDS; word++) tweaked[at + word] = inner[input * WORDS + word] as number;
    }
  }
  addTweaks(tweaked, count, outputBlocks);
  const outer = words(primitives.encryptBlocks(key, new Uint8Array(tweaked.buffer)));
  for (let input = 0, at = 0; input < count; input++) {
    for (let block = 0; block < outputBlocks; block++, at += WORDS) {
      for (let word = 0; word < WORDS; word++) {
        outer[at + word] = (outer[at + word] as number) ^ (inner[input * WORDS + word] as number);
      }
    }
  }
  inner.fill(0);
  tweaked.fill(0);
  return new Uint8Array(outer.buffer);
}

/** Bytes 0 … 3: position of the input, 4 … 7: number of the output block; big-endian on every platform. */
function addTweaks(blocks: Uint32Array, count: number, outputBlocks: number): void {
  const view = new DataView(blocks.buffer);
  for (let input = 0, at = 0; input < count; input++) {
    for (let block = 0; block < outputBlocks; block++, at += BLOCK_BYTES) {
      view.setUint32(at, view.getUint32(at) ^ input);
      view.setUint32(at + 4, view.getUint32(at + 4) ^ block);
    }
  }
}

/** A copy as words, aligned whatever the input was. Only for XOR, which does not depend on the platform's byte order. */
function words(bytes: Uint8Array): Uint32Array {
  const copy = new Uint32Array(bytes.length / 4);
  new Uint8Array(copy.buffer).set(bytes);
  return copy;
}
