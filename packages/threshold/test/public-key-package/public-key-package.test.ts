import { concatBytes, fromHex } from '@keymesh/foundation';
import { describe, expect, it } from 'vitest';
import { nobleCurves } from '../../src/curves/index.ts';
import {
  computeResultHash,
  decodePublicKeyPackage,
  encodePublicKeyPackage,
  type PublicKeyPackage,
  ROOT_KEY_NAMES,
  ROOT_KEYS,
  rootPublicKey,
  verifyingShareOf,
} from '../../src/public-key-package/index.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import { dealKey } from '../sharing/trusted-dealer.ts';

const random = seededRandom('public key package');
const keys = ROOT_KEY_NAMES.map((name) => dealKey(nobleCurves[ROOT_KEYS[name].curve], 2, random));
const PACKAGE: PublicKeyPackage = {
  partyCount: 3,
  threshold: 2,
  roots: ROOT_KEY_NAMES.map((name, i) => ({
    name,
    commitments: keys[i]!.commitments.map((point) => nobleCurves[ROOT_KEYS[name].curve].encodePoint(point)),
  })),
};
const ENCODED = encodePublicKeyPackage(PACKAGE);
const malformed = expect.objectContaining({ code: 'package/malformed' });

describe('a public key package', () => {
  it('has one encoding, which decodes to itself', () => {
    expect(decodePublicKeyPackage(nobleCurves, ENCODED)).toEqual(PACKAGE);
    expect(ENCODED.length).toBe(1 + 2 + 2 + 10 + 2 * (48 + 33 + 32 + 48 + 33 + 49 + 32 + 57 + 32 + 32));
  });

  it('gives the verifying share of each party, and no other index', () => {
    for (const [i, name] of ROOT_KEY_NAMES.entries()) {
      const curve = nobleCurves[ROOT_KEYS[name].curve];
      for (const party of [1, 2, 3]) {
        const share = keys[i]!.share(party).expose((bytes) => curve.decodeScalar(bytes));
        const verifying = verifyingShareOf(nobleCurves, PACKAGE, name, party);
        expect(curve.equals(verifying, curve.multiplyBase(share))).toBe(true);
      }
      expect(rootPublicKey(PACKAGE, name)).toEqual(curve.encodePoint(curve.multiplyBase(keys[i]!.secret)));
      for (const party of [0, 4, 1.5]) {
        expect(() => verifyingShareOf(nobleCurves, PACKAGE, name, party)).toThrow(
          expect.objectContaining({ code: 'sharing/invalid-party' }),
        );
      }
    }
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['a byte less', ENCODED.slice(0, -1)],
    ['a byte more', concatBytes(ENCODED, new Uint8Array(1))],
    ['another version', changed(0, 1)],
    ['another party count that does not fit', changed(2, 1)],
    ['a threshold of one', changed(4, 1)],
    ['another root’s kind', changed(5, 2)],
    ['a point that is not on the curve', changed(7, (ENCODED[7] as number) ^ 1)],
    ['the identity', concatBytes(ENCODED.slice(0, 6), fromHex('c0'), new Uint8Array(47), ENCODED.slice(54))],
  ])('is refused with %s', (_, bytes) => {
    expect(() => decodePublicKeyPackage(nobleCurves, bytes)).toThrow(malformed);
  });

  it.each([
    ['a root missing', { roots: PACKAGE.roots.slice(1) }],
    ['the roots in another order', { roots: [...PACKAGE.roots].reverse() }],
    ['a commitment missing', { threshold: 3 }],
  ])('is not encoded with %s', (_, change) => {
    expect(() => encodePublicKeyPackage({ ...PACKAGE, ...change })).toThrow(malformed);
  });
});

describe('the result hash', () => {
  const result = {
    executionId: new Uint8Array(32),
    transcriptDigest: new Uint8Array(32),
    publicKeyPackage: PACKAGE,
  };

  it('depends on each of its parts', () => {
    const hash = computeResultHash(result);
    const one = new Uint8Array(32).fill(1);
    expect(hash.length).toBe(32);
    expect(computeResultHash(result)).toEqual(hash);
    for (const change of [{ executionId: one }, { transcriptDigest: one }]) {
      expect(computeResultHash({ ...result, ...change })).not.toEqual(hash);
    }
    const publicKeyPackage = { ...PACKAGE, partyCount: 4 };
    expect(computeResultHash({ ...result, publicKeyPackage })).not.toEqual(hash);
  });
});

function changed(at: number, value: number): Uint8Array {
  return ENCODED.map((byte, i) => (i === at ? value : byte));
}
