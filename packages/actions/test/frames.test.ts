import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeGuestFrame, GuestFrames } from '../src/sandbox/frames.ts';

describe('frames of a sandbox', () => {
  it('come out as they went in, however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { maxLength: 5 }),
        fc.array(fc.nat(40), { maxLength: 60 }),
        (values, cuts) => {
          const stream = Buffer.concat(values.map(encodeGuestFrame));
          const frames = new GuestFrames(1 << 20);
          const heard: unknown[] = [];
          let at = 0;
          for (const cut of [...cuts, stream.length]) {
            heard.push(...(frames.push(new Uint8Array(stream.subarray(at, at + cut))) ?? ['refused']));
            at = Math.min(stream.length, at + cut);
          }
          expect(heard).toEqual(values.map((value) => JSON.parse(JSON.stringify(value))));
        },
      ),
    );
  });

  it('are refused by their length before they are read, and if they are no JSON', () => {
    expect(new GuestFrames(10).push(Uint8Array.of(0, 0, 0, 11))).toBeUndefined();
    expect(new GuestFrames(10).push(Uint8Array.of(0, 0, 0, 10))).toEqual([]);
    expect(new GuestFrames(10).push(Uint8Array.of(0, 0, 0, 1, 123))).toBeUndefined();
  });
});
