import { type RandomSource, utf8 } from '@keymesh/foundation';
import { loadMclBls } from '@keymesh/threshold/bls-mcl';
// @ts-expect-error: exported by the package, but not declared
import { mod } from 'mcl-wasm';
import { describe, expect, it, vi } from 'vitest';
import { scalarBytes, seededRandom } from '../bls/fixtures.ts';

/** A scalar in mcl's memory. Bytes. */
const SCALAR_BYTES = 32;

/** The scalars, as they lie in memory, that mcl multiplies by during `run`: what its time depends on. */
function scalarsDuring(run: () => unknown): string[] {
  const scalars: string[] = [];
  for (const name of ['_mclBnG1_mul', '_mclBnG2_mul']) {
    const original = mod[name];
    vi.spyOn(mod, name).mockImplementation((...pointers: unknown[]) => {
      const at = pointers[2] as number;
      scalars.push(String(mod.HEAP8.slice(at, at + SCALAR_BYTES)));
      return original(...pointers);
    });
  }
  run();
  vi.restoreAllMocks();
  return scalars;
}

describe('mcl, which multiplies in variable time', async () => {
  const backend = await loadMclBls();
  const secret = scalarBytes(3n);
  const point = backend.multiplyG1Base(secret, seededRandom('point'));

  it.each<[string, (random: RandomSource) => unknown]>([
    ['a public key', (random) => backend.multiplyG1Base(secret, random)],
    ['a product', (random) => backend.multiplyG1(point, secret, random)],
    ['a signature', (random) => backend.sign(secret, utf8('m'), random)],
  ])('multiplies by no scalar twice for %s of one secret', (_, make) => {
    const scalars = ['a', 'b', 'c'].flatMap((seed) => scalarsDuring(() => make(seededRandom(seed))));
    expect(scalars.length).toBe(6);
    expect(new Set(scalars).size).toBe(6);
    // The same randomness gives the same scalars: it is the randomness that they come from.
    expect(scalarsDuring(() => make(seededRandom('a')))).toEqual(scalars.slice(0, 2));
  });
});
