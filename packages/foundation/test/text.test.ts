import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, utf8 } from '../src/index.ts';

describe('UTF-8', () => {
  it('encodes as Buffer does, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8(text)).toEqual(new Uint8Array(Buffer.from(text, 'utf8')));
      }),
    );
    expect(utf8('\ud800x')).toEqual(Uint8Array.of(0xef, 0xbf, 0xbd, 0x78));
  });

  it('decodes what is well-formed, and nothing else', () => {
    const mixed = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 40 }).map((text) => new TextEncoder().encode(text)),
      fc.constantFrom([0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe0, 0x9f, 0xbf], [0xf0, 0x9f]),
    );
    fc.assert(
      fc.property(mixed, (bytes) => {
        const array = Uint8Array.from(bytes);
        expect(decodeUtf8(array)).toBe(isUtf8(array) ? Buffer.from(array).toString('utf8') : undefined);
      }),
      { numRuns: 3000 },
    );
  });

  it('decodes long texts, and keeps a byte order mark', () => {
    const text = `\ufeff${'äöü€😀a'.repeat(5000)}`;
    expect(decodeUtf8(Buffer.from(text))).toBe(text);
  });
});
