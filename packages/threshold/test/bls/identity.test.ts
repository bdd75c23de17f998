import { concatBytes, utf8 } from '@keymesh/foundation';
import {
  type BlsBackend,
  combine,
  decrypt,
  decryptWithPartials,
  encrypt,
  nobleBls,
  type PartialSignature,
  PLAINTEXT_BYTES_MAX,
} from '@keymesh/threshold/bls';
import { loadMclBls } from '@keymesh/threshold/bls-mcl';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { BACKENDS, dealKey, seededRandom, verifyingSharesFor } from './fixtures.ts';

const key = dealKey(3, 'identity');
const random = seededRandom('encrypting');
const identity = utf8('lit-accesscontrolcondition://00/11');

const VARINT_OFFSET = 48 + 32;
const failed = expect.objectContaining({ code: 'bls/decryption-failed' });
const malformed = expect.objectContaining({ code: 'bls/malformed-ciphertext' });

describe.each(BACKENDS)('identity-based encryption on $name', ({ load }) => {
  let backend: BlsBackend;
  beforeAll(async () => {
    backend = await load();
  });
  const parameters = (ciphertext: Uint8Array, partials: readonly PartialSignature[]) => ({
    ciphertext,
    identity,
    publicKey: key.publicKey,
    threshold: 3,
    partials,
    verifyingShares: verifyingSharesFor(backend, key),
    random,
  });
  const encrypted = (plaintext: Uint8Array) =>
    encrypt(backend, { publicKey: key.publicKey, identity, plaintext, random });

  it('decrypts what it encrypts, and so does the reference backend', () => {
    for (const length of [0, 1, 31, 32, 33, 127, 128, 5000]) {
      const plaintext = random(length);
      const ciphertext = encrypted(plaintext);
      expect(decryptWithPartials(backend, parameters(ciphertext, key.sign(backend, [2, 5, 7], identity)))).toEqual({
        plaintext,
        culprits: [],
      });
      const signature = combine(backend, key.sign(backend, [1, 3, 4, 6], identity));
      expect(decrypt(nobleBls, { signature, ciphertext, random })).toEqual(plaintext);
    }
  });

  it('never gives the same ciphertext twice', () => {
    const plaintext = utf8('the same');
    expect(encrypted(plaintext)).not.toEqual(encrypted(plaintext));
  });

  it('replaces a liar by another party and names it', () => {
    const plaintext = utf8('a secret');
    const ciphertext = encrypted(plaintext);
    const partials = key.sign(backend, [1, 2, 3, 4], identity);
    partials[1] = { party: 2, value: (partials[0] as PartialSignature).value };
    expect(decryptWithPartials(backend, parameters(ciphertext, partials))).toEqual({ plaintext, culprits: [2] });
    expect(() => decryptWithPartials(backend, parameters(ciphertext, partials.slice(0, 3)))).toThrow(
      expect.objectContaining({ code: 'bls/invalid-partials', fault: 'peer', culprits: [2] }),
    );
  });

  it('survives partial signatures that add up to the identity, and names the liar', () => {
    const plaintext = utf8('a secret');
    const partials = key.sign(backend, [1, 2, 3, 4], identity);
    // The weights of 1, 2, 3 at 0 are 3, -3, 1.
    const points = partials.slice(0, 2).map(({ value }) => backend.decodeG2(value));
    partials[2] = { party: 3, value: backend.encodeG2(backend.sumOfProductsG2(points, [-3n, 3n])) };
    expect(() => combine(backend, partials.slice(0, 3))).toThrow(
      expect.objectContaining({ code: 'curve/invalid-point' }),
    );
    expect(decryptWithPartials(backend, parameters(encrypted(plaintext), partials))).toEqual({
      plaintext,
      culprits: [3],
    });
  });

  it('blames the ciphertext and no party when the partial signatures are good', () => {
    const ciphertext = encrypted(utf8('a secret'));
    ciphertext[60] = (ciphertext[60] as number) ^ 1;
    const partials = key.sign(backend, [1, 2, 3], identity);
    expect(() => decryptWithPartials(backend, parameters(ciphertext, partials))).toThrow(failed);
  });

  it('refuses the signature of another identity or key', () => {
    const ciphertext = encrypted(utf8('a secret'));
    const otherIdentity = combine(backend, key.sign(backend, [1, 2, 3], utf8('another')));
    expect(() => decrypt(backend, { signature: otherIdentity, ciphertext, random })).toThrow(failed);
    const otherKey = combine(backend, dealKey(3, 'other').sign(backend, [1, 2, 3], identity));
    expect(() => decrypt(backend, { signature: otherKey, ciphertext, random })).toThrow(failed);
  });
});

describe('hostile ciphertexts', () => {
  let backend: BlsBackend;
  let signature: Uint8Array;
  beforeAll(async () => {
    backend = await loadMclBls();
    signature = combine(backend, key.sign(backend, [1, 2, 3], identity));
  });
  const encrypted = (plaintext: Uint8Array) =>
    encrypt(backend, { publicKey: key.publicKey, identity, plaintext, random });
  const open = (ciphertext: Uint8Array) => decrypt(backend, { signature, ciphertext, random });

  it('are refused after a change of any byte', () => {
    for (const length of [5, 40]) {
      const ciphertext = encrypted(random(length));
      for (let i = 0; i < ciphertext.length; i++) {
        const changed = ciphertext.slice();
        changed[i] = (changed[i] as number) ^ (1 + (i % 255));
        expect(() => open(changed), `byte ${i}`).toThrow(
          expect.objectContaining({ code: expect.stringMatching(/^bls\/(malformed-ciphertext|decryption-failed)$/) }),
        );
      }
    }
  });

  it('are refused when cut or extended anywhere', () => {
    const ciphertext = encrypted(random(50));
    for (let length = 0; length < ciphertext.length; length++) {
      expect(() => open(ciphertext.slice(0, length)), `${length} bytes`).toThrow(malformed);
    }
    expect(() => open(concatBytes(ciphertext, Uint8Array.of(2)))).toThrow(malformed);
  });

  it('are refused for every abuse of the length field', () => {
    const ciphertext = encrypted(random(40));
    const head = ciphertext.slice(0, VARINT_OFFSET);
    const tail = ciphertext.slice(VARINT_OFFSET + 1);
    const abuses = {
      'not shortest': [0xa9, 0x00],
      'not shortest, long': [0xa9, 0x80, 0x80, 0x00],
      endless: [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      'overflow of 64 bits': [0xa9, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02],
      huge: [0xff, 0xff, 0xff, 0xff, 0x7f],
      'one more': [0x2a],
      'one less': [0x28],
      zero: [0x00],
      'below the padding': [0x1f],
    };
    expect(ciphertext[VARINT_OFFSET]).toBe(0x29);
    expect(open(concatBytes(head, Uint8Array.of(0x29), tail)).length).toBe(40);
    for (const [what, varint] of Object.entries(abuses)) {
      expect(() => open(concatBytes(head, Uint8Array.from(varint), tail)), what).toThrow(malformed);
    }
  });

  it('never cause another error than those that are documented', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => open(bytes)).toThrow(malformed);
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  it('cannot carry bits in the padding', () => {
    // The check of U covers alpha and the plaintext, not the zeros that fill short ones.
    const ciphertext = encrypted(utf8('short'));
    const padding = VARINT_OFFSET + 1 + 1 + 5;
    for (const at of [padding, padding + 25]) {
      const changed = ciphertext.slice();
      changed[at] = (changed[at] as number) ^ 0x40;
      expect(() => open(changed)).toThrow(failed);
    }
  });

  it('do not exist for plaintexts above the limit', () => {
    expect(() => encrypted(new Uint8Array(PLAINTEXT_BYTES_MAX + 1))).toThrow(
      expect.objectContaining({ code: 'bls/plaintext-too-long' }),
    );
  });
});
