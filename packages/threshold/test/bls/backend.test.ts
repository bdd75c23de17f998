import { utf8 } from '@keymesh/foundation';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { describe, expect, it } from 'vitest';
import { describeBackend } from './backend.behavior.ts';
import { BACKENDS } from './fixtures.ts';
import rfc9380 from './vectors/rfc9380-hash-to-g2.json' with { type: 'json' };

for (const { name, load } of BACKENDS) describeBackend(name, load);

// The backends fix the domain separation tag, so the RFC's vectors are run on the library that all are compared with.
describe('the reference hash to G2', () => {
  it.each(rfc9380.cases)('gives the point of RFC 9380 for "$message"', ({ message, x, y }) => {
    const point = bls12_381.G2.hashToCurve(utf8(message), { DST: rfc9380.dst }).toAffine();
    const hex = (n: bigint) => n.toString(16).padStart(96, '0');
    expect([hex(point.x.c0), hex(point.x.c1)]).toEqual(x);
    expect([hex(point.y.c0), hex(point.y.c1)]).toEqual(y);
  });
});
