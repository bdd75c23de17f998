import { randomBytes } from 'node:crypto';
import { noblePrimitives } from '@keymesh/protocol/primitives';
import { ed25519 } from '@noble/curves/ed25519.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNodePrimitives } from '../../src/primitives/openssl.ts';

const openssl = createNodePrimitives();
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
/** Points of small order on Curve25519 (RFC 7748 §6.1 asks to refuse what they give). */
const SMALL_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
];

describe('OpenSSL primitives', () => {
  it('agree with noble on X25519', () => {
    fc.assert(
      fc.property(bytes32, bytes32, (secret, other) => {
        const publicKey = noblePrimitives.x25519PublicKey(other);
        expect(openssl.x25519PublicKey(secret)).toEqual(noblePrimitives.x25519PublicKey(secret));
        expect(openssl.x25519(secret, publicKey)).toEqual(noblePrimitives.x25519(secret, publicKey));
      }),
      { numRuns: 25 },
    );
  });

  it('keep the keys of several secrets apart', () => {
    const secrets = [1, 2].map((byte) => new Uint8Array(32).fill(byte));
    const publicKey = noblePrimitives.x25519PublicKey(new Uint8Array(32).fill(3));
    for (const secret of [...secrets, ...secrets]) {
      expect(openssl.x25519PublicKey(secret)).toEqual(noblePrimitives.x25519PublicKey(secret));
      expect(openssl.x25519(secret, publicKey)).toEqual(noblePrimitives.x25519(secret, publicKey));
    }
  });

  it.each(SMALL_ORDER)('refuse the public key of small order %s, as noble does', (hex) => {
    const publicKey = new Uint8Array(Buffer.from(hex, 'hex'));
    const secret = new Uint8Array(randomBytes(32));
    expect(() => noblePrimitives.x25519(secret, publicKey)).toThrow();
    expect(() => openssl.x25519(secret, publicKey)).toThrow();
  });

  it('agree with noble on Ed25519, good and altered', () => {
    fc.assert(
      fc.property(bytes32, fc.uint8Array({ maxLength: 99 }), fc.nat(63), (seed, message, at) => {
        const publicKey = ed25519.getPublicKey(seed);
        const signature = ed25519.sign(message, seed);
        for (let i = 0; i < 2; i++) expect(openssl.verifyEd25519(publicKey, message, signature)).toBe(true);
        expect(openssl.verifyEd25519(publicKey, Uint8Array.of(...message, 1), signature)).toBe(false);
        expect(
          openssl.verifyEd25519(ed25519.getPublicKey(Uint8Array.from(seed, (byte) => byte ^ 1)), message, signature),
        ).toBe(false);
        signature[at] = (signature[at] as number) ^ 1;
        expect(openssl.verifyEd25519(publicKey, message, signature)).toBe(false);
        expect(noblePrimitives.verifyEd25519(publicKey, message, signature)).toBe(false);
      }),
      { numRuns: 25 },
    );
  });

  it('recover what noble recovers, the second time from memory', () => {
    const secret = secp256k1.utils.randomSecretKey();
    const hash = new Uint8Array(randomBytes(32));
    const signed = secp256k1.sign(hash, secret, { prehash: false, format: 'recovered' });
    const recovery = signed[0] as 0 | 1;
    for (let i = 0; i < 2; i++) {
      expect(openssl.recoverSecp256k1(hash, signed.slice(1), recovery)).toEqual(secp256k1.getPublicKey(secret, false));
      expect(openssl.recoverSecp256k1(hash, new Uint8Array(64), recovery)).toBeUndefined();
    }
  });
});
