import { utf8 } from '@keymesh/foundation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MESH_MESSAGE_BYTES_MAX } from '../../src/limits.ts';
import {
  type BatchHeader,
  confirmationOf,
  decodeHeader,
  decodeStockMessage,
  encodeHeader,
  encodeStockMessage,
  itemIdOf,
  pairRunOf,
  runIdOf,
  STOCK_CHANNEL,
  type StockMessage,
} from '../../src/stock/messages.ts';
import { codeOf } from '../requests/expectations.ts';

const id = new Uint8Array(32).fill(7);
const body = utf8('body');
const MESSAGES: StockMessage[] = [
  { kind: 'ready', epochId: id },
  { kind: 'setup', pairRun: id, round: 2, body },
  { kind: 'preparing', run: id, header: utf8('header'), round: 1, body },
  { kind: 'preparing', run: id, header: new Uint8Array(0), round: 255, body: new Uint8Array(0) },
  { kind: 'failed', run: id, code: 'stock/overloaded', parties: [] },
  { kind: 'failed', run: id, code: 'ecdsa/pair-check-failed', parties: [1, 65_535] },
];
const header: BatchHeader = {
  epochId: id,
  scheme: 'EcdsaK256Sha256',
  signers: [1, 2, 300],
  count: 16,
  owner: 300,
  nonce: new Uint8Array(32).fill(8),
  boots: [1, 2, 3].map((fill) => new Uint8Array(16).fill(fill)),
};

describe.each(MESSAGES)('the stock message %j', (message) => {
  const encoded = encodeStockMessage(message);

  it('comes back as it was', () => {
    expect(encoded[0]).toBe(STOCK_CHANNEL);
    expect(decodeStockMessage(encoded)).toEqual(message);
  });

  it('is refused when it ends early or goes on', async () => {
    for (let length = 2; length < encoded.length; length++) {
      expect(await codeOf(() => decodeStockMessage(encoded.subarray(0, length)))).toBe('encoding/malformed');
    }
    expect(await codeOf(() => decodeStockMessage(Uint8Array.of(...encoded, 0)))).toBe('encoding/malformed');
  });
});

describe('stock messages', () => {
  it('of an unknown kind are nobody’s business', () => {
    for (const kind of [0, 5, 255])
      expect(decodeStockMessage(Uint8Array.of(STOCK_CHANNEL, kind, 1, 2))).toBeUndefined();
  });

  it('have bounds', async () => {
    const refused = (message: StockMessage) => codeOf(() => decodeStockMessage(encodeStockMessage(message)));
    const long = new Uint8Array(MESH_MESSAGE_BYTES_MAX + 1);
    expect(await refused({ kind: 'setup', pairRun: id, round: 1, body: long })).toBe('encoding/malformed');
    expect(await refused({ kind: 'preparing', run: id, header: long, round: 1, body })).toBe('encoding/malformed');
    expect(await refused({ kind: 'preparing', run: id, header: body, round: 1, body: long })).toBe(
      'encoding/malformed',
    );
    expect(await refused({ kind: 'failed', run: id, code: 'x'.repeat(65), parties: [] })).toBe('encoding/malformed');
    expect(await refused({ kind: 'failed', run: id, code: 'x', parties: [1, 2, 3] })).toBe('encoding/malformed');
  });

  it('never fail in another way, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 0, max: 6 }), (bytes, kind) => {
        for (const decode of [
          () => decodeStockMessage(Uint8Array.of(STOCK_CHANNEL, kind, ...bytes)),
          () => decodeHeader(bytes),
        ]) {
          try {
            decode();
          } catch (thrown) {
            expect(thrown).toMatchObject({ code: 'encoding/malformed' });
          }
        }
      }),
    );
  });
});

describe('a batch header', () => {
  it('comes back as it was, and is refused when it ends early, goes on, or is too long', async () => {
    const encoded = encodeHeader(header);
    expect(decodeHeader(encoded)).toEqual(header);
    for (let length = 0; length < encoded.length; length++) {
      expect(await codeOf(() => decodeHeader(encoded.subarray(0, length)))).toBe('encoding/malformed');
    }
    expect(await codeOf(() => decodeHeader(Uint8Array.of(...encoded, 0)))).toBe('encoding/malformed');
    const signers = Array.from({ length: 101 }, (_, i) => i + 1);
    expect(await codeOf(() => decodeHeader(encodeHeader({ ...header, signers })))).toBe('encoding/malformed');
    const boots = signers.map(() => id.subarray(0, 16));
    expect(await codeOf(() => decodeHeader(encodeHeader({ ...header, boots })))).toBe('encoding/malformed');
    expect(await codeOf(() => decodeHeader(encodeHeader({ ...header, scheme: 'x'.repeat(65) })))).toBe(
      'encoding/malformed',
    );
  });

  it('names its batch by everything in it', () => {
    const other = new Uint8Array(32).fill(9);
    const variants: BatchHeader[] = [
      header,
      { ...header, epochId: other },
      { ...header, scheme: 'SchnorrK256Sha256' },
      { ...header, signers: [1, 2, 301] },
      { ...header, count: 15 },
      { ...header, owner: 1 },
      { ...header, nonce: other },
      { ...header, boots: [...header.boots].reverse() },
    ];
    const ids = variants.map((variant) => runIdOf(encodeHeader(variant)).join());
    expect(new Set(ids).size).toBe(variants.length);
    const run = runIdOf(encodeHeader(header));
    expect(itemIdOf(run, 0)).not.toEqual(itemIdOf(run, 1));
    expect(confirmationOf(run, ['a', 'b'])).not.toEqual(confirmationOf(run, ['ab', '']));
    expect(confirmationOf(run, ['a', 'b'])).not.toEqual(confirmationOf(run, ['b', 'a']));
  });

  it('names a pair the same way on both sides, and by both boots', () => {
    const a = { party: 2, boot: new Uint8Array(16).fill(1) };
    const b = { party: 5, boot: new Uint8Array(16).fill(2) };
    expect(pairRunOf(id, a, b)).toEqual(pairRunOf(id, b, a));
    expect(pairRunOf(id, a, { ...b, boot: a.boot })).not.toEqual(pairRunOf(id, a, b));
    expect(pairRunOf(id, { ...a, boot: b.boot }, { ...b, boot: a.boot })).not.toEqual(pairRunOf(id, a, b));
    expect(pairRunOf(new Uint8Array(32), a, b)).not.toEqual(pairRunOf(id, a, b));
  });
});
