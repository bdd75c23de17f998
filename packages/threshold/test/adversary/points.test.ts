import { concatBytes, utf8 } from '@keymesh/foundation';
import { type PartialSignature, verifyPartialsInBatch } from '@keymesh/threshold/bls';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { p256, p384 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { describe, expect, it } from 'vitest';
import { nobleCurves } from '../../src/curves/index.ts';
import { loadNativeCurves } from '../../src/curves/native/index.ts';
import { BACKENDS, dealKey, seededRandom, verifyingSharesFor } from '../bls/fixtures.ts';

const native = await loadNativeCurves();

/** SEC 1 §2.3.3 and ANSI X9.62 have whole points, and hybrid ones that repeat the sign of y: libraries read them. */
const UNCOMPRESSED = 4;
const HYBRID = [6, 7];

describe.each([
  { curve: nobleCurves.secp256k1, Point: secp256k1.Point },
  { curve: native.secp256k1, Point: secp256k1.Point },
  { curve: nobleCurves.p256, Point: p256.Point },
  { curve: nobleCurves.p384, Point: p384.Point },
])('whole points of $curve.name over $curve.backend', ({ curve, Point }) => {
  const whole = Point.BASE.multiply(9n).toBytes(false);
  const refused = expect.objectContaining({ code: 'curve/invalid-point' });

  it('are refused in the uncompressed and both hybrid forms: each point has one encoding', () => {
    expect(() => curve.decodePoint(Point.BASE.multiply(9n).toBytes(true))).not.toThrow();
    expect(whole[0]).toBe(UNCOMPRESSED);
    expect(() => curve.decodePoint(whole)).toThrowError(refused);
    for (const prefix of HYBRID) {
      const hybrid = concatBytes(Uint8Array.of(prefix), whole.slice(1));
      expect(() => curve.decodePoint(hybrid)).toThrowError(refused);
    }
  });
});

describe.each(BACKENDS)('BLS12-381 on $name', ({ load }) => {
  const refused = expect.objectContaining({ code: 'curve/invalid-point' });

  it('refuses whole points in both groups', async () => {
    const backend = await load();
    const [first, second] = [bls12_381.G1.Point.BASE.multiply(9n), bls12_381.G2.Point.BASE.multiply(9n)];
    expect(() => backend.decodeG1(first.toBytes(true))).not.toThrow();
    expect(() => backend.decodeG2(second.toBytes(true))).not.toThrow();
    expect(() => backend.decodeG1(first.toBytes(false))).toThrowError(refused);
    expect(() => backend.decodeG2(second.toBytes(false))).toThrowError(refused);
  });

  it('refuses a batch with one party twice, whatever it holds', async () => {
    const backend = await load();
    const key = dealKey(2, 'one party twice');
    const message = utf8('message');
    const [one, other] = key.sign(backend, [1, 2], message);
    const verify = (partials: readonly PartialSignature[]) =>
      verifyPartialsInBatch(backend, verifyingSharesFor(backend, key), message, partials, seededRandom('weights'));
    expect(verify([one!, other!])).toEqual([]);
    expect(() => verify([one!, other!, one!])).toThrowError(expect.objectContaining({ code: 'sharing/invalid-party' }));
  });
});
