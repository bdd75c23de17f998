import { createHash } from 'node:crypto';
import { fromHex, KeymeshError, SecretBytes, toHex } from '@keymesh/foundation';
import fc from 'fast-check';
import nacl from 'tweetnacl';
import { describe, expect, it } from 'vitest';
import { SEALED_PLAINTEXT_BYTES_MAX, SEALED_REQUEST_AGE_MAX_MS, SEALED_REQUEST_FUTURE_MAX_MS } from '../src/limits.ts';
import { noblePrimitives } from '../src/primitives.ts';
import { publicKeyOf } from '../src/sealing/box.ts';
import { openRequest, openResponse, type SealedRequest, sealRequest, sealResponse } from '../src/sealing/index.ts';
import { openPayload, sealPayload } from '../src/sealing/payload.ts';
import { codeOf, seededRandom } from './random.ts';

const NOW = Date.UTC(2026, 0, 31, 9, 5, 7, 250);
const node = new SecretBytes(new Uint8Array(32).fill(0x22));
const nodePublicKey = publicKeyOf(node, noblePrimitives);

/** Made with tweetnacl and node:crypto from the description of the format alone. */
const VECTOR = {
  payload: {
    verification_key: '7b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f74892cb0f73f13',
    random: '33333333333333333333333333333333',
    created_at: '2026-01-31T09:05:07.250Z',
    ciphertext_and_tag:
      '0000000000000000000000000000000037585c21bc16ee37ad72984e71735c095240af9d519e8ee66836b6af4b2af52a25',
  },
  plaintext: '{"hello":"world"}',
  replayKey: 'b0f9c250da23030ef85e325b8c8d34d5d379cebee4367127c6c0d2467d434ad8',
};

function seal(plaintext: string, now = NOW, seed = 'request') {
  return sealRequest({ plaintext, nodePublicKey, epoch: 7, now, random: seededRandom(seed) });
}

/** `crypto_box` by another implementation, on the envelope as described. */
function naclNonce(random: Uint8Array, createdAtMs: number, recipient: Uint8Array, sender: Uint8Array): Uint8Array {
  const seconds = Buffer.alloc(8);
  seconds.writeBigUInt64BE(BigInt(Math.floor(createdAtMs / 1000)));
  const aad = Buffer.concat([Buffer.of(1), random, seconds, recipient, sender]);
  return createHash('sha512').update(aad).digest().subarray(0, 24);
}

describe('the sealed envelope', () => {
  it('is the fixed vector, in both directions', () => {
    const senderSecretKey = new SecretBytes(new Uint8Array(32).fill(0x11));
    const random = () => new Uint8Array(16).fill(0x33);
    const parameters = { plaintext: VECTOR.plaintext, recipientPublicKey: nodePublicKey, senderSecretKey };
    expect(sealPayload({ ...parameters, now: NOW, random, primitives: noblePrimitives })).toEqual(VECTOR.payload);
    const opened = openRequest({ version: '1', payload: VECTOR.payload, epoch: 7 }, node, NOW);
    expect(opened.plaintext).toBe(VECTOR.plaintext);
    expect(opened.replayKey).toBe(VECTOR.replayKey);
    expect(opened.epoch).toBe(7);
  });

  it('is opened and made by tweetnacl', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string(), (text, seed) => {
        const plaintext = text.toWellFormed();
        const { payload } = seal(plaintext, NOW, seed).body;
        const sender = fromHex(payload.verification_key);
        const nonce = naclNonce(fromHex(payload.random), NOW, nodePublicKey, sender);
        const box = fromHex(payload.ciphertext_and_tag).subarray(16);
        const opened = nacl.box.open(box, nonce, sender, new Uint8Array(32).fill(0x22));
        expect(opened && new TextDecoder('utf-8', { ignoreBOM: true }).decode(opened)).toBe(plaintext);

        const client = nacl.box.keyPair.fromSecretKey(seededRandom(`${seed}!`)(32));
        const random = seededRandom(`${seed}?`)(16);
        const madeNonce = naclNonce(random, NOW, nodePublicKey, client.publicKey);
        const made = nacl.box(new TextEncoder().encode(plaintext), madeNonce, nodePublicKey, client.secretKey);
        const body = {
          version: '1',
          epoch: 1,
          payload: {
            verification_key: toHex(client.publicKey),
            random: toHex(random),
            created_at: new Date(NOW).toISOString(),
            ciphertext_and_tag: toHex(Buffer.concat([new Uint8Array(16), made])),
          },
        };
        expect(openRequest(body, node, NOW).plaintext).toBe(plaintext);
      }),
      { numRuns: 60 },
    );
  });

  it('carries an answer back to the key that asked, and to no other', () => {
    const { body, replyKey } = seal('{}');
    const opened = openRequest(body, node, NOW);
    const parameters = { clientPublicKey: opened.clientPublicKey, nodeSecretKey: node, now: NOW };
    const answer = sealResponse({ ...parameters, plaintext: '{"ok":1}', random: seededRandom('answer') });
    expect(openResponse(answer, replyKey)).toBe('{"ok":1}');
    const other = seal('{}', NOW, 'other').replyKey;
    expect(codeOf(() => openResponse(answer, other))).toBe('sealing/not-authentic');
    const impostor = sealResponse({
      ...parameters,
      nodeSecretKey: new SecretBytes(seededRandom('impostor')(32)),
      plaintext: '{}',
      random: seededRandom('a'),
    });
    expect(codeOf(() => openResponse(impostor, replyKey))).toBe('sealing/wrong-sender');
    // The shared key is the same in both directions: the request itself must not pass for its answer.
    const reflected = { version: '1', payload: { ...body.payload, verification_key: toHex(nodePublicKey) } };
    expect(codeOf(() => openResponse(reflected, replyKey))).toBe('sealing/not-authentic');
  });

  it('is not authentic for another node', () => {
    const stranger = new SecretBytes(seededRandom('stranger')(32));
    expect(codeOf(() => openRequest(seal('{}').body, stranger, NOW))).toBe('sealing/not-authentic');
  });

  it('is refused outside of its time, counted in whole seconds', () => {
    const { body } = seal('{}', Math.floor(NOW / 1000) * 1000);
    const made = Math.floor(NOW / 1000) * 1000;
    expect(openRequest(body, node, made + SEALED_REQUEST_AGE_MAX_MS).plaintext).toBe('{}');
    expect(codeOf(() => openRequest(body, node, made + SEALED_REQUEST_AGE_MAX_MS + 1))).toBe('sealing/expired');
    expect(openRequest(body, node, made - SEALED_REQUEST_FUTURE_MAX_MS).plaintext).toBe('{}');
    expect(codeOf(() => openRequest(body, node, made - SEALED_REQUEST_FUTURE_MAX_MS - 1))).toBe('sealing/from-future');
  });

  it('cannot be given a longer life by rewriting what is not authenticated', () => {
    const { body } = seal('{}');
    const later = { ...body, payload: { ...body.payload, created_at: '2026-01-31T09:05:07.999Z' } };
    const opened = openRequest(later, node, NOW);
    expect(opened.replayKey).toBe(openRequest(body, node, NOW).replayKey);
    expect(opened.replayKeyNeededUntil).toBe(openRequest(body, node, NOW).replayKeyNeededUntil);
    expect(codeOf(() => openRequest(later, node, opened.replayKeyNeededUntil))).toBe('sealing/expired');
    const nextSecond = { ...body, payload: { ...body.payload, created_at: '2026-01-31T09:05:08.000Z' } };
    expect(codeOf(() => openRequest(nextSecond, node, NOW))).toBe('sealing/not-authentic');
  });

  it('gives every request another replay key', () => {
    const random = seededRandom('many');
    const keys = Array.from({ length: 50 }, () => {
      const { body } = sealRequest({ plaintext: '{}', nodePublicKey, epoch: 1, now: NOW, random });
      return openRequest(body, node, NOW).replayKey;
    });
    expect(new Set(keys).size).toBe(50);
  });

  it('refuses what is too long, keys that are none, and keys of small order', () => {
    expect(codeOf(() => seal('x'.repeat(SEALED_PLAINTEXT_BYTES_MAX + 1)))).toBe('sealing/malformed');
    expect(seal('x'.repeat(SEALED_PLAINTEXT_BYTES_MAX)).body.version).toBe('1');
    for (const key of [new Uint8Array(31), new Uint8Array(32), Uint8Array.of(1, ...new Uint8Array(31))]) {
      const attempt = () =>
        sealRequest({ plaintext: '{}', nodePublicKey: key, epoch: 1, now: NOW, random: seededRandom('s') });
      expect(codeOf(attempt)).toBe('sealing/malformed');
    }
    const { body } = seal('{}');
    const lowOrder = { ...body, payload: { ...body.payload, verification_key: '00'.repeat(32) } };
    expect(codeOf(() => openRequest(lowOrder, node, NOW))).toBe('sealing/not-authentic');
  });

  it('demands the zero pad and UTF-8', () => {
    const { body } = seal('{}');
    const unpadded = { ...body.payload, ciphertext_and_tag: `01${body.payload.ciphertext_and_tag.slice(2)}` };
    expect(codeOf(() => openRequest({ ...body, payload: unpadded }, node, NOW))).toBe('sealing/malformed');
    const client = nacl.box.keyPair.fromSecretKey(new Uint8Array(32).fill(0x11));
    const random = new Uint8Array(16);
    const box = nacl.box(
      Uint8Array.of(0xff),
      naclNonce(random, NOW, nodePublicKey, client.publicKey),
      nodePublicKey,
      client.secretKey,
    );
    const payload = {
      verification_key: toHex(client.publicKey),
      random: toHex(random),
      created_at: new Date(NOW).toISOString(),
      ciphertext_and_tag: `${'00'.repeat(16)}${toHex(box)}`,
    };
    expect(codeOf(() => openPayload(payload, node, noblePrimitives))).toBe('sealing/malformed');
  });
});

describe('hostile envelopes', () => {
  const valid: SealedRequest = seal('{"a":1}').body;

  it('change of any character is refused, with an error of ours', () => {
    const text = JSON.stringify(valid);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
        fc.pre(character !== text[at]);
        let body: unknown;
        try {
          body = JSON.parse(text.slice(0, at) + character + text.slice(at + 1));
        } catch {
          return;
        }
        try {
          const opened = openRequest(body, node, NOW);
          // What is outside the seal, or below the second, may change; what was sealed may not.
          expect(opened.plaintext).toBe('{"a":1}');
          expect(opened.replayKey).toBe(openRequest(valid, node, NOW).replayKey);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(KeymeshError);
        }
      }),
      { numRuns: 800 },
    );
  });

  it('anything at all gives an error of ours', () => {
    const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdefg'), maxLength: 140 });
    const shaped = fc.record(
      {
        version: fc.constantFrom('1', '2', 1),
        epoch: fc.oneof(fc.nat(), fc.double(), fc.anything()),
        payload: fc.record(
          {
            verification_key: fc.oneof(hex, fc.constant(valid.payload.verification_key)),
            random: fc.oneof(hex, fc.constant(valid.payload.random)),
            created_at: fc.oneof(fc.string(), fc.constant(valid.payload.created_at)),
            ciphertext_and_tag: hex,
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), shaped), (body) => {
        for (const open of [() => openRequest(body, node, NOW), () => openResponse(body, seal('{}').replyKey)]) {
          expect(codeOf(open)).toMatch(/^(wire|sealing)\//);
        }
      }),
      { numRuns: 500 },
    );
  });
});
