import { type RandomSource, utf8 } from '@keymesh/foundation';
import { loadMclBls } from '@keymesh/threshold/bls-mcl';
import { bls12_381 } from '@noble/curves/bls12-381.js';
// @ts-expect-error: exported by the package, but not declared
import { mod } from 'mcl-wasm';
import { describe, expect, it, vi } from 'vitest';
import { describeBackend } from './backend.behavior.ts';
import { BACKENDS, scalarBytes, seededRandom } from './fixtures.ts';
import rfc9380 from './vectors/rfc9380-hash-to-g2.json' with { type: 'json' };

for (const { name, load } of BACKENDS) describeBackend(name, load);

describe('blinding in mcl, whose multiplication is not constant-time', () => {
  it('splits every secret scalar with fresh randomness', async () => {
    const backend = await loadMclBls();
    const secret = scalarBytes(3n);
    const point = backend.multiplyG1Base(secret, seededRandom('point'));
    const operations: readonly ((random: RandomSource) => unknown)[] = [
      (random) => backend.multiplyG1Base(secret, random),
      (random) => backend.multiplyG1(point, secret, random),
      (random) => backend.sign(secret, utf8('m'), random),
    ];
    const multiply = vi.spyOn(mod, '_mclBnG1_mul');
    const multiply2 = vi.spyOn(mod, '_mclBnG2_mul');
    for (const operation of operations) {
      const asked: number[] = [];
      operation((length) => {
        asked.push(length);
        return seededRandom(`blind ${asked.length}`)(length);
      });
      expect(asked).toEqual([48]);
    }
    // Two multiplications each: by k − b and by b.
    expect([multiply.mock.calls.length, multiply2.mock.calls.length]).toEqual([4, 2]);
    vi.restoreAllMocks();
  });
});

// The backends fix the domain separation tag, so the RFC's vectors are run on the library that all are compared with.
describe('the reference hash to G2', () => {
  it.each(rfc9380.cases)('gives the point of RFC 9380 for "$message"', ({ message, x, y }) => {
    const point = bls12_381.G2.hashToCurve(utf8(message), { DST: rfc9380.dst }).toAffine();
    const hex = (n: bigint) => n.toString(16).padStart(96, '0');
    expect([hex(point.x.c0), hex(point.x.c1)]).toEqual(x);
    expect([hex(point.y.c0), hex(point.y.c1)]).toEqual(y);
  });
});
