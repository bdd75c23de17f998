import { createHash } from 'node:crypto';
import type { RandomSource } from '@keymesh/foundation';

/** A reproducible stream of bytes for tests. */
export function seededRandom(seed: string): RandomSource {
  let counter = 0;
  return (length) => {
    const out = new Uint8Array(length);
    for (let offset = 0; offset < length; offset += 32) {
      const block = createHash('sha256').update(`${seed}/${counter++}`).digest();
      out.set(block.subarray(0, length - offset), offset);
    }
    return out;
  };
}

/** The code of what a function throws; fails the test if it throws something that is not ours, or nothing. */
export function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && 'fault' in thrown) return String(thrown.code);
    throw thrown;
  }
  return 'no error';
}
