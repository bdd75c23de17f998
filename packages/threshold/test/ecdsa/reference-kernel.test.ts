import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { referenceKernel } from '../../src/ecdsa/kernel/reference.ts';
import { BLOCK_BYTES } from '../../src/ecdsa/parameters.ts';

const OUTPUT_BLOCKS = 3;

/** A fixed permutation of blocks, as the hash of transfers keys one for a batch. */
function encrypt(blocks: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-128-ecb', new Uint8Array(BLOCK_BYTES).fill(7), null).setAutoPadding(false);
  return new Uint8Array(Buffer.concat([cipher.update(blocks), cipher.final()]));
}

/** The output of each input, cut into its blocks, as hex. */
function hashed(inputs: Uint8Array): string[][] {
  const output = Buffer.from(referenceKernel.hashBlocks(encrypt, inputs, OUTPUT_BLOCKS));
  const blocks = output.toString('hex').match(/.{32}/g) as string[];
  return Array.from({ length: inputs.length / BLOCK_BYTES }, (_, at) =>
    blocks.slice(at * OUTPUT_BLOCKS, (at + 1) * OUTPUT_BLOCKS),
  );
}

/**
 * Without the self-test that a chosen kernel must pass: a defect has to be seen here as what it is, and not only
 * as a kernel that cannot be loaded.
 */
describe('the hash of transfers, in the reference', () => {
  const same = new Uint8Array(4 * BLOCK_BYTES).fill(0x5a);

  it('gives the same block another output at each position', () => {
    expect(new Set(hashed(same).map((blocks) => blocks.join())).size).toBe(4);
  });

  it('gives every block of an output another value', () => {
    for (const blocks of hashed(same)) expect(new Set(blocks).size).toBe(OUTPUT_BLOCKS);
  });

  it('is pi(pi(x) ^ position) ^ pi(x), position by position', () => {
    const inner = encrypt(same);
    const tweaked = inner.slice(2 * BLOCK_BYTES, 3 * BLOCK_BYTES);
    tweaked[3] = (tweaked[3] as number) ^ 2;
    tweaked[7] = (tweaked[7] as number) ^ 1;
    const expected = encrypt(tweaked).map((byte, i) => byte ^ (inner[2 * BLOCK_BYTES + i] as number));
    expect(hashed(same)[2]?.[1]).toBe(Buffer.from(expected).toString('hex'));
  });
});
