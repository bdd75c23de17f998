import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeymeshError, Reader, Writer } from '../src/index.ts';

const malformed = expect.objectContaining({ code: 'encoding/malformed', fault: 'peer' });

describe('canonical encoding', () => {
  it('reads back what was written', () => {
    fc.assert(
      fc.property(
        fc.nat(255),
        fc.nat(65_535),
        fc.nat(),
        fc.uint8Array(),
        fc.array(fc.uint8Array(), { maxLength: 9 }),
        (a, b, c, d, e) => {
          const bytes = new Writer()
            .u8(a)
            .u16(b)
            .u32(c)
            .bytes(d)
            .list(e, (writer, item) => writer.bytes(item))
            .finish();
          const reader = new Reader(bytes);
          expect([reader.u8(), reader.u16(), reader.u32()]).toEqual([a, b, c]);
          expect(reader.bytes()).toEqual(d);
          expect(reader.list(9, (r) => r.bytes())).toEqual(e);
          reader.end();
        },
      ),
    );
  });

  it('refuses bytes after the end, so that a value has one encoding', () => {
    const reader = new Reader(new Writer().u8(1).u8(2).finish());
    reader.u8();
    expect(() => reader.end()).toThrow(malformed);
  });

  it('refuses a truncated field and a length beyond the limit before reserving memory', () => {
    expect(() => new Reader(Uint8Array.of(0, 0, 0, 9, 1)).bytes()).toThrow(malformed);
    expect(() => new Reader(Uint8Array.of(255, 255, 255, 255)).bytes()).toThrow(malformed);
    expect(() => new Reader(Uint8Array.of(0, 3, 1, 2, 3)).list(2, (r) => r.u8())).toThrow(malformed);
  });

  it('answers any bytes with a value or a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          const reader = new Reader(bytes);
          reader.list(4, (r) => r.bytes(16));
          reader.u32();
          reader.end();
        } catch (error) {
          expect(error).toBeInstanceOf(KeymeshError);
        }
      }),
    );
  });

  it('refuses integers that do not fit', () => {
    const outOfRange = expect.objectContaining({ code: 'encoding/integer-range' });
    expect(() => new Writer().u8(256)).toThrow(outOfRange);
    expect(() => new Writer().u16(-1)).toThrow(outOfRange);
    expect(() => new Writer().u32(1.5)).toThrow(outOfRange);
  });
});
