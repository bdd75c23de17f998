import { toHex, utf8 } from '@keymesh/foundation';
import {
  type BlsBackend,
  combine,
  decodeShareJson,
  decrypt,
  encodeShareJson,
  encrypt,
  nobleBls,
} from '@keymesh/threshold/bls';
import { loadMclBls } from '@keymesh/threshold/bls-mcl';
import { blsCombine, blsDecrypt, blsEncrypt, blsVerify } from '@lit-protocol/wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { dealKey, seededRandom } from './fixtures.ts';

/** The reference system's own library, unmodified, on the other side of every exchange. */
const random = seededRandom('oracle');
const key = dealKey(5, 'oracle');
const identity = utf8(`lit-accesscontrolcondition://${'ab'.repeat(32)}/${'cd'.repeat(32)}`);
const SAMPLED_LENGTHS = [0, 1, 2, 15, 16, 29, 30, 31, 32, 33, 34, 63, 64, 126, 127, 128, 129, 200, 255, 256, 299, 300];
const LONG_LENGTHS = [1000, 4096, 16_383, 16_384, 20_000];

type ShareJson = Parameters<typeof blsCombine>[0][number];

describe('@lit-protocol/wasm as an oracle', () => {
  let mcl: BlsBackend;
  let shares: ShareJson[];
  let signature: Uint8Array;
  beforeAll(async () => {
    mcl = await loadMclBls();
    const partials = key.sign(mcl, [1, 3, 4, 6, 7], identity);
    shares = partials.map((partial) => encodeShareJson(partial) as ShareJson);
    signature = combine(mcl, partials);
  });

  it('combines our partial signatures to our signature and verifies it', async () => {
    expect(await blsCombine(shares)).toBe(toHex(signature));
    const extra = key.sign(mcl, [2, 3, 5, 8, 100, 200, 255], identity).map((p) => encodeShareJson(p) as ShareJson);
    expect(await blsCombine(extra)).toBe(toHex(signature));
    await blsVerify(key.publicKey, identity, toHex(signature));
    await expect(blsVerify(key.publicKey, utf8('another'), toHex(signature))).rejects.toBeDefined();
  });

  it.each([...SAMPLED_LENGTHS, ...LONG_LENGTHS])('encrypts %i bytes for us', async (length) => {
    const plaintext = random(length);
    const ciphertext = await blsEncrypt(key.publicKey, plaintext, identity);
    expect(decrypt(mcl, { signature, ciphertext, random })).toEqual(plaintext);
  });

  it.each([...SAMPLED_LENGTHS, ...LONG_LENGTHS])('decrypts our %i bytes', async (length) => {
    const plaintext = random(length);
    const ciphertext = encrypt(mcl, { publicKey: key.publicKey, identity, plaintext, random });
    expect(toHex(await blsDecrypt(ciphertext, shares))).toBe(toHex(plaintext));
  });

  it('agrees with the reference backend as well', async () => {
    for (const length of [0, 33, 20_000]) {
      const plaintext = random(length);
      const ours = encrypt(nobleBls, { publicKey: key.publicKey, identity, plaintext, random });
      expect(toHex(await blsDecrypt(ours, shares))).toBe(toHex(plaintext));
      const theirs = await blsEncrypt(key.publicKey, plaintext, identity);
      expect(decrypt(nobleBls, { signature, ciphertext: theirs, random })).toEqual(plaintext);
    }
  });
});

describe('the JSON form of a partial signature', () => {
  const [partial] = key.sign(nobleBls, [200], identity) as [ReturnType<typeof decodeShareJson>];
  const text = encodeShareJson(partial);

  it('has the reference length and reads back', () => {
    expect(text).toMatch(/^\{"ProofOfPossession":\{"identifier":"c80{62}","value":"/);
    expect(text.length).toBe(306);
    expect(decodeShareJson(text)).toEqual(partial);
  });

  it.each([
    ['spaces', text.replace(':', ': ')],
    ['capitals', text.replace(/"value":"(.*?)"/, (_, value) => `"value":"${value.toUpperCase()}"`)],
    ['a short value', text.replace(/..("}})$/, '$1')],
    ['an identifier above a byte', text.replace('"c800', '"c801')],
    ['another form', '{"BlsSignedMessageShare":{}}'],
    ['a second object', text + text],
    ['nothing', ''],
  ])('is refused with %s', (_, bad) => {
    expect(() => decodeShareJson(bad)).toThrow(expect.objectContaining({ code: 'bls/malformed-share', fault: 'peer' }));
  });

  it('is refused for party 0', () => {
    expect(() => decodeShareJson(text.replace('"c8', '"00'))).toThrow(
      expect.objectContaining({ code: 'sharing/invalid-party' }),
    );
    expect(() => encodeShareJson({ ...partial, party: 256 })).toThrow(
      expect.objectContaining({ code: 'sharing/invalid-party' }),
    );
    expect(() => encodeShareJson({ party: 1, value: new Uint8Array(95) })).toThrow(
      expect.objectContaining({ code: 'bls/malformed-share' }),
    );
  });
});
