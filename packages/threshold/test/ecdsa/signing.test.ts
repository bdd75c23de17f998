import { createPublicKey, createVerify } from 'node:crypto';
import { bytesToBigint, sha256Of, toHex } from '@keymesh/foundation';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import fc from 'fast-check';
import bindings from 'secp256k1/bindings.js';
import { describe, expect, it } from 'vitest';
import { deriveTweak } from '../../src/derivation/index.ts';
import {
  aggregate,
  decodeRecord,
  encodeRecord,
  presignatureId,
  signShare,
  verifyShare,
} from '../../src/ecdsa/index.ts';
import { committee, contextOf, curve, presign, requestOf } from './network.ts';

/** libsecp256k1's own verifier; what it is typed with elsewhere is only what the product uses. */
const libsecp256k1 = bindings as unknown as {
  ecdsaVerify(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean;
  ecdsaRecover(signature: Uint8Array, recoveryId: number, digest: Uint8Array, compressed: boolean): Uint8Array;
};

const committees = new Map(
  [2, 3, 4, 5].map((threshold) => [threshold, committee(threshold, threshold === 2 ? 3 : threshold)]),
);

const addressOf = (point: Uint8Array): string =>
  toHex(keccak_256(secp256k1.Point.fromBytes(point).toBytes(false).slice(1)).slice(-20));

describe('a signature', () => {
  for (const [threshold, of] of committees) {
    it(`of ${threshold} signers verifies everywhere and recovers the address`, () => {
      fc.assert(
        fc.property(
          fc.string(),
          fc.option(fc.uint8Array({ minLength: 32, maxLength: 32 })),
          fc.nat(),
          (text, keyId, seed) => {
            const signers = fc.sample(
              fc.shuffledSubarray([...of.parties], { minLength: threshold, maxLength: threshold }),
              {
                numRuns: 1,
                seed,
              },
            )[0] as number[];
            signers.sort((a, b) => a - b);
            const presignatures = presign(of, signers, { seed: `${text} ${seed}` });
            const tweak = keyId === null ? 0n : deriveTweak('secp256k1', keyId);
            const request = requestOf(text, tweak);
            const context = contextOf(presignatures, request);
            const shares = signers.map((party) => ({ party, share: signShare(context, presignatures.get(party)!) }));
            const signature = aggregate(context, shares, { verifyShares: 'always' });
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

  it('verifies in OpenSSL', () => {
    const of = committees.get(2)!;
    const presignatures = presign(of, [1, 3], { seed: 'openssl' });
    const context = contextOf(presignatures, requestOf('openssl'));
    const shares = [1, 3].map((party) => ({ party, share: signShare(context, presignatures.get(party)!) }));
    const { compact } = aggregate(context, shares);
    const point = secp256k1.Point.fromBytes(context.encodedPublicKey).toBytes(false);
    const coordinate = (at: number) => Buffer.from(point.slice(at, at + 32)).toString('base64url');
    const key = createPublicKey({
      format: 'jwk',
      key: { kty: 'EC', crv: 'secp256k1', x: coordinate(1), y: coordinate(33) },
    });
    // OpenSSL hashes for itself: the digest of the request is SHA-256 of its text.
    const check = () => createVerify('sha256').update('openssl');
    expect(check().verify({ key, dsaEncoding: 'ieee-p1363' }, compact)).toBe(true);
    expect(check().update('!').verify({ key, dsaEncoding: 'ieee-p1363' }, compact)).toBe(false);
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
