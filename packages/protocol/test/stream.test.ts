import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeStreamLine, encodeStreamLine, type StreamLine } from '../src/routes/index.ts';

test('lines of an answer come back as they were', () => {
  const lines = fc.record({
    at: fc.nat({ max: 9_999_999_999 }),
    kind: fc.constantFrom<StreamLine['kind']>('progress', 'answer', 'error'),
    content: fc.string(),
  });
  fc.assert(
    fc.property(lines, (line) => {
      expect(decodeStreamLine(encodeStreamLine(line))).toEqual(line);
    }),
  );
});

test.each(['', '0', '0 answer', '00 answer {}', '-1 answer {}', '1 other {}', ' 1 answer {}', '12345678901 answer {}'])(
  'no line: %j',
  (text) => {
    expect(decodeStreamLine(text)).toBeUndefined();
  },
);
