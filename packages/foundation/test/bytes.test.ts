import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bigintToBytes, bytesToBigint, compareBytes, equalBytes, fromHex, toHex } from '../src/index.ts';

describe('bytes', () => {
  it('hex goes both ways and other texts are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
    expect(fromHex('0xAbCd')).toEqual(Uint8Array.of(0xab, 0xcd));
    for (const bad of ['abc', 'zz', '0x1', '0x0x12', ' 12'])
      expect(() => fromHex(bad)).toThrow(expect.objectContaining({ code: 'bytes/not-hex' }));
  });

  it('integers go both ways; too large ones are refused', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), (n) => {
        expect(bytesToBigint(bigintToBytes(n, 32))).toBe(n);
      }),
    );
    expect(() => bigintToBytes(256n, 1)).toThrow(expect.objectContaining({ code: 'bytes/integer-range' }));
    expect(() => bigintToBytes(-1n, 4)).toThrow(expect.objectContaining({ code: 'bytes/integer-range' }));
  });

  it('equality and order', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 6 }), fc.uint8Array({ maxLength: 6 }), (a, b) => {
        expect(equalBytes(a, b)).toBe(toHex(a) === toHex(b));
        expect(Math.sign(compareBytes(a, b))).toBe(Math.sign(Buffer.compare(a, b)));
      }),
    );
  });
});
