import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeSigningMessage,
  encodeSigningMessage,
  SIGNING_CHANNEL,
  type SigningMessage,
} from '../../src/signing/messages.ts';
import { codeOf } from '../requests/expectations.ts';

const session = new Uint8Array(32).fill(1);
const preparation = new Uint8Array(32).fill(2);
const entropy = new Uint8Array(32).fill(3);
const MESSAGES: SigningMessage[] = [
  { kind: 'assign', session, preparation, entropy },
  { kind: 'assign', session, preparation, entropy: new Uint8Array(0) },
  { kind: 'open', session, preparation, entropy },
  { kind: 'failed', session, code: 'signing/signer-silent' },
  { kind: 'preparing', session },
];

describe.each(MESSAGES)('the signing message %j', (message) => {
  const encoded = encodeSigningMessage(message);

  it('comes back as it was', () => {
    expect(encoded[0]).toBe(SIGNING_CHANNEL);
    expect(decodeSigningMessage(encoded)).toEqual(message);
  });

  it('is refused when it ends early or goes on', async () => {
    for (let length = 0; length < encoded.length; length++) {
      expect(await codeOf(() => decodeSigningMessage(encoded.subarray(0, length)))).toBe('encoding/malformed');
    }
    expect(await codeOf(() => decodeSigningMessage(Uint8Array.of(...encoded, 0)))).toBe('encoding/malformed');
  });
});

describe('signing messages', () => {
  it('of an unknown kind are nobody’s business', () => {
    for (const kind of [0, 5, 255]) {
      expect(decodeSigningMessage(Uint8Array.of(SIGNING_CHANNEL, kind, ...session, 9))).toBeUndefined();
    }
  });

  it('have bounds', async () => {
    const refused = (message: SigningMessage) => codeOf(() => decodeSigningMessage(encodeSigningMessage(message)));
    expect(await refused({ kind: 'open', session, preparation, entropy: new Uint8Array(33) })).toBe(
      'encoding/malformed',
    );
    expect(await refused({ kind: 'failed', session, code: 'x'.repeat(65) })).toBe('encoding/malformed');
  });

  it('never fail in another way, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 150 }), fc.integer({ min: 0, max: 6 }), (bytes, kind) => {
        try {
          decodeSigningMessage(Uint8Array.of(SIGNING_CHANNEL, kind, ...bytes));
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'encoding/malformed' });
        }
      }),
    );
  });
});
