import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRfc3339, parseRfc3339 } from '../src/rfc3339.ts';

describe('RFC 3339', () => {
  it('writes and reads what the platform does, for every moment of the years 0 to 9999', () => {
    const moment = fc.integer({ min: Date.UTC(2000, 0, 1) - 63_000_000_000_000, max: 253_402_300_799_999 });
    fc.assert(
      fc.property(moment, (ms) => {
        const text = new Date(ms).toISOString();
        expect(formatRfc3339(ms)).toBe(text);
        expect(parseRfc3339(text)).toBe(ms);
      }),
      { numRuns: 2000 },
    );
  });

  it('reads offsets and long fractions', () => {
    expect(parseRfc3339('2026-01-31T10:05:07.123456789+01:00')).toBe(Date.UTC(2026, 0, 31, 9, 5, 7, 123));
    expect(parseRfc3339('2026-01-31T00:00:00-23:59')).toBe(Date.UTC(2026, 1, 1, 0, 0, 0) - 60_000);
    expect(parseRfc3339('2024-02-29T00:00:00Z')).toBe(Date.UTC(2024, 1, 29));
  });

  it.each([
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:60Z',
    '2026-01-01T00:00:00',
    '2026-01-01 00:00:00Z',
    '2026-01-01T00:00:00+24:00',
    '2026-01-01T00:00:00.Z',
    ' 2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00Z\n',
    '1767225600',
    '',
  ])('refuses %j', (text) => expect(parseRfc3339(text)).toBeUndefined());
});
