import { fromHex, toHex } from '@keymesh/foundation';
import { ecdsaDeriveKey } from '@lit-protocol/wasm';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Curve, modulo, nobleCurves } from '../../src/curves/index.ts';
import { loadNativeCurves } from '../../src/curves/native/index.ts';
import { type DerivableCurveName, deriveChildPublicKey, deriveTweak } from '../../src/derivation/index.ts';
import { createGroupKey } from '../../src/frost/index.ts';
import { evaluateCommitments, interpolate } from '../../src/sharing/index.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import { dealKey } from '../sharing/trusted-dealer.ts';
import { nobleChildren } from './noble-derivation.ts';
import vectors from './vectors/tweaks.json' with { type: 'json' };

const native = await loadNativeCurves();
const keyIds = fc.uint8Array({ minLength: 32, maxLength: 32 });
const { bls12381g1: _, ...derivable } = nobleCurves;
const curves: Curve[] = [...Object.values(derivable), native.secp256k1, native.ed25519];

describe('deriveTweak', () => {
  it.each(vectors.tweaks)('gives the fixed tweak of $curve for $keyId', ({ curve, keyId, tweak, child }) => {
    const name = curve as DerivableCurveName;
    const group = nobleCurves[name];
    expect(deriveTweak(name, fromHex(keyId)).toString(16).padStart(tweak.length, '0')).toBe(tweak);
    // The child of the root whose public key is the generator.
    expect(toHex(group.encodePoint(deriveChildPublicKey(group, group.generator, fromHex(keyId))))).toBe(child);
  });

  it.each([0, 31, 33])('refuses an identifier of %i bytes', (length) => {
    expect(() => deriveTweak('secp256k1', new Uint8Array(length))).toThrow(
      expect.objectContaining({ code: 'derivation/invalid-key-id' }),
    );
  });

  it('refuses BLS12-381, also when the type system was bypassed', () => {
    const { bls12381g1 } = nobleCurves;
    expect(() => deriveChildPublicKey(bls12381g1, bls12381g1.generator, new Uint8Array(32))).toThrow(
      expect.objectContaining({ code: 'derivation/not-derivable' }),
    );
  });

  it('separates the curves', () => {
    fc.assert(
      fc.property(keyIds, (keyId) => {
        const names = Object.keys(derivable) as DerivableCurveName[];
        expect(new Set(names.map((name) => deriveTweak(name, keyId))).size).toBe(names.length);
      }),
      { numRuns: 20 },
    );
  });
});

describe.each(Object.entries(nobleChildren))('against noble alone, on %s', (name, childOf) => {
  it('derives the same child of any root', () => {
    const curve = nobleCurves[name as DerivableCurveName];
    fc.assert(
      fc.property(keyIds, fc.bigInt({ min: 1n, max: curve.order - 1n }), (keyId, secret) => {
        const root = curve.multiplyBase(secret);
        const child = curve.encodePoint(deriveChildPublicKey(curve, root, keyId));
        expect(toHex(child)).toBe(toHex(childOf(curve.encodePoint(root), keyId)));
      }),
      { numRuns: 5 },
    );
  });
});

describe('against the reference client', () => {
  it('derives what it derives from the roots [root, generator]', async () => {
    const { secp256k1: curve } = nobleCurves;
    await fc.assert(
      fc.asyncProperty(keyIds, fc.bigInt({ min: 1n, max: curve.order - 1n }), async (keyId, secret) => {
        const root = curve.multiplyBase(secret);
        const roots = [root, curve.generator].map((point) => curve.encodePoint(point));
        const expected = secp256k1.Point.fromBytes(await ecdsaDeriveKey(keyId, roots));
        expect(toHex(curve.encodePoint(deriveChildPublicKey(curve, root, keyId)))).toBe(expected.toHex(true));
      }),
      { numRuns: 10 },
    );
  });
});

describe.each(curves)('derivation over $name ($backend)', (curve) => {
  it('gives the same child from the public key, from tweaked shares and from the commitments', () => {
    fc.assert(
      fc.property(keyIds, fc.integer(), (keyId, seed) => {
        const dealt = dealKey(curve, 3, seededRandom(seed));
        const tweak = deriveTweak(curve.name as DerivableCurveName, keyId);
        const child = deriveChildPublicKey(curve, dealt.commitments[0]!, keyId);
        const key = createGroupKey(curve, dealt.commitments, tweak);
        const tweakedShares = [2, 4, 7].map((index) => ({
          index,
          value: modulo(curve, dealt.share(index).expose((bytes) => curve.decodeScalar(bytes)) + tweak),
        }));
        expect(curve.equals(curve.multiplyBase(interpolate(curve, tweakedShares, 3)), child)).toBe(true);
        expect(curve.equals(key.publicKey, child)).toBe(true);
        for (const { index, value } of tweakedShares) {
          expect(curve.equals(key.verifyingShare(index), curve.multiplyBase(value))).toBe(true);
          expect(curve.equals(evaluateCommitments(curve, dealt.commitments, index), key.verifyingShare(index))).toBe(
            false,
          );
        }
      }),
      { numRuns: 5 },
    );
  });

  it('refuses a child that is the identity', () => {
    const tweak = deriveTweak(curve.name as DerivableCurveName, new Uint8Array(32));
    const root = curve.negate(curve.multiplyBasePublic(tweak));
    const invalid = expect.objectContaining({ code: 'frost/invalid-key' });
    expect(() => deriveChildPublicKey(curve, root, new Uint8Array(32))).toThrow(invalid);
    expect(() => createGroupKey(curve, [root], tweak)).toThrow(invalid);
  });
});
