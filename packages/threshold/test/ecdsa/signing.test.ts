import { createPublicKey, createVerify } from 'node:crypto';
import { bytesToBigint, sha256Of, toHex } from '@keymesh/foundation';
import { p256, p384 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import fc from 'fast-check';
import bindings from 'secp256k1/bindings.js';
import { describe, expect, it } from 'vitest';
import { deriveTweak } from '../../src/derivation/index.ts';
import {
  aggregate,
  decodeRecord,
  digestRequest,
  type EcdsaCurveName,
  encodeRecord,
  Presignature,
  presignatureId,
  signShare,
  verifyShare,
} from '../../src/ecdsa/index.ts';
import {
  type Committee,
  committee,
  contextOf,
  curve,
  curves,
  ECDSA_CURVES,
  presign,
  presigningRuns,
  requestOf,
  run,
  withKey,
} from './network.ts';

/** libsecp256k1's own verifier; what it is typed with elsewhere is only what the product uses. */
const libsecp256k1 = bindings as unknown as {
  ecdsaVerify(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean;
  ecdsaRecover(signature: Uint8Array, recoveryId: number, digest: Uint8Array, compressed: boolean): Uint8Array;
};

const committees = new Map(
  [2, 3, 4, 5].map((threshold) => [threshold, committee(threshold, threshold === 2 ? 3 : threshold)]),
);
/** The same members and transfers with a root key over each curve. */
const overCurve = (name: EcdsaCurveName): Committee => {
  const of = committees.get(2) as Committee;
  return { ...of, ...withKey(curves[name], of.threshold, name) };
};
const JWK_NAMES = { secp256k1: 'secp256k1', p256: 'P-256', p384: 'P-384' } as const;
const NOBLE = { secp256k1, p256, p384 } as const;

const addressOf = (point: Uint8Array): string =>
  toHex(keccak_256(secp256k1.Point.fromBytes(point).toBytes(false).slice(1)).slice(-20));

function sign(of: Committee, signers: readonly number[], seed: string, text: string, tweak = 0n) {
  const presignatures = presign(of, signers, { seed });
  const request = requestOf(text, tweak, of.curve);
  const context = contextOf(presignatures, request);
  const shares = signers.map((party) => ({ party, share: signShare(context, presignatures.get(party)!) }));
  return { request, context, signature: aggregate(context, shares, { verifyShares: 'always' }) };
}

describe('a signature', () => {
  for (const [threshold, of] of committees) {
    it(`of ${threshold} signers verifies everywhere and recovers the address`, () => {
      fc.assert(
        fc.property(
          fc.string(),
          fc.option(fc.uint8Array({ minLength: 32, maxLength: 32 })),
          fc.shuffledSubarray([...of.parties], { minLength: threshold, maxLength: threshold }),
          (text, keyId, chosen) => {
            const signers = chosen.sort((a, b) => a - b);
            const tweak = keyId === null ? 0n : deriveTweak('secp256k1', keyId);
            const { request, context, signature } = sign(of, signers, `${text} ${signers}`, text, tweak);
            const publicKey = secp256k1.Point.BASE.multiply((of.key.secret + tweak) % curve.order).toBytes();
            expect(context.encodedPublicKey).toEqual(publicKey);
            expect(bytesToBigint(signature.s) <= curve.order >> 1n).toBe(true);
            expect(libsecp256k1.ecdsaVerify(signature.compact, request.digest, publicKey)).toBe(true);
            expect(secp256k1.verify(signature.compact, request.digest, publicKey, { prehash: false })).toBe(true);
            const recovered = libsecp256k1.ecdsaRecover(signature.compact, signature.recoveryId, request.digest, true);
            expect(addressOf(recovered)).toBe(addressOf(publicKey));
          },
        ),
        { numRuns: 12 - 2 * threshold },
      );
    });
  }

  describe.each(ECDSA_CURVES)('on %s', (name) => {
    const of = overCurve(name);
    const { order, scalarBytes } = of.curve;
    const group = NOBLE[name].Point;
    const signatures = Array.from({ length: 4 }, (_, i) => {
      const tweak = i === 0 ? 0n : deriveTweak(name, sha256Of(`key ${i}`));
      return { tweak, text: `text ${i}`, ...sign(of, [1, 3], `${name} ${i}`, `text ${i}`, tweak) };
    });

    it('verifies in OpenSSL, which hashes for itself', () => {
      for (const { tweak, text, context, signature } of signatures) {
        const point = group.BASE.multiply((of.key.secret + tweak) % order);
        expect(context.encodedPublicKey).toEqual(point.toBytes());
        const coordinate = (at: number) =>
          Buffer.from(point.toBytes(false).slice(1 + at * scalarBytes, 1 + (at + 1) * scalarBytes)).toString(
            'base64url',
          );
        const key = createPublicKey({
          format: 'jwk',
          key: { kty: 'EC', crv: JWK_NAMES[name], x: coordinate(0), y: coordinate(1) },
        });
        const check = () => createVerify(name === 'p384' ? 'sha384' : 'sha256').update(text);
        expect(check().verify({ key, dsaEncoding: 'ieee-p1363' }, signature.compact)).toBe(true);
        expect(check().update('!').verify({ key, dsaEncoding: 'ieee-p1363' }, signature.compact)).toBe(false);
      }
    });

    it('has a low s, and lets recover the key', () => {
      for (const { request, context, signature } of signatures) {
        expect(signature.compact.length).toBe(2 * scalarBytes);
        expect(bytesToBigint(signature.s) <= order >> 1n).toBe(true);
        const recovered = new NOBLE[name].Signature(
          bytesToBigint(signature.r),
          bytesToBigint(signature.s),
          signature.recoveryId,
        ).recoverPublicKey(request.digest);
        expect(recovered.toBytes()).toEqual(context.encodedPublicKey);
      }
    });

    it('needs a digest as long as the order', () => {
      const { record } = (signatures[0] as (typeof signatures)[0]).context;
      const other = { ...requestOf('other', 0n, of.curve), digest: new Uint8Array(name === 'p384' ? 32 : 48) };
      expect(() => digestRequest(record, other)).toThrowError(
        expect.objectContaining({ code: 'ecdsa/invalid-request' }),
      );
    });

    it('comes from a presignature that survives a change of thread, and its record storage', () => {
      const presignatures = presign(of, [1, 2], { seed: `move ${name}` });
      const { record } = presignatures.get(1)!;
      expect(encodeRecord(decodeRecord(of.curve, encodeRecord(record)))).toEqual(encodeRecord(record));
      const arrived = Presignature.moveIn(of.curve, presignatures.get(1)!.moveOut());
      const context = contextOf(new Map(presignatures).set(1, arrived), requestOf('move', 0n, of.curve));
      expect(verifyShare(context, 1, signShare(context, arrived))).toBe(true);
    });
  });

  it('on one curve shares nothing with another, though executions and randomness are the same', () => {
    const messages = (['secp256k1', 'p256'] as const).map((name) =>
      run(presigningRuns(overCurve(name), [1, 2], { seed: 'twins' })).deliveries.map(({ body }) =>
        body.slice(65, 10_000),
      ),
    ) as [Uint8Array[], Uint8Array[]];
    // Round 1: the same base transfers, nonces and choices, and other columns.
    for (const [i, first] of messages[0].entries()) {
      const second = messages[1][i] as Uint8Array;
      const equal = first.filter((byte, at) => byte === second[at]).length;
      expect(equal).toBeLessThan(200);
    }
  });

  it('has another nonce each time, also for the same request', () => {
    const of = committees.get(2)!;
    const nonces = ['a', 'b', 'c'].map(
      (seed) => contextOf(presign(of, [1, 2], { seed }), requestOf('same')).encodedNonce,
    );
    expect(new Set(nonces.map(toHex)).size).toBe(3);
  });
});

describe('the public record', () => {
  const presignatures = presign(committees.get(3)!, [1, 2, 3]);
  const { record, id } = presignatures.get(1)!;

  it('is the same for all signers, and its id is its hash', () => {
    for (const presignature of presignatures.values()) {
      expect(presignature.id).toEqual(id);
      expect(encodeRecord(presignature.record)).toEqual(encodeRecord(record));
    }
  });

  it('survives encoding', () => {
    const decoded = decodeRecord(curve, encodeRecord(record));
    expect(encodeRecord(decoded)).toEqual(encodeRecord(record));
    expect(presignatureId(decoded)).toEqual(id);
  });

  it('lets anyone verify a share', () => {
    const context = contextOf(presignatures, requestOf('anyone'));
    const share = signShare(context, presignatures.get(2)!);
    expect(verifyShare(context, 2, share)).toBe(true);
    expect(verifyShare(context, 1, share)).toBe(false);
    expect(verifyShare(context, 2, sha256Of('other'))).toBe(false);
  });
});
