import { describe, expect, it } from 'vitest';
import { Transcript, toHex, utf8 } from '../src/index.ts';

describe('transcript', () => {
  it('separates domains, labels and field borders', () => {
    const digests = [
      new Transcript('a').append('x', utf8('12')).append('y', utf8('3')),
      new Transcript('a').append('x', utf8('1')).append('y', utf8('23')),
      new Transcript('a').append('x', utf8('12')).append('z', utf8('3')),
      new Transcript('b').append('x', utf8('12')).append('y', utf8('3')),
      new Transcript('a').append('xy', utf8('123')),
    ].map((transcript) => toHex(transcript.digest()));
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('is fixed: a change would break every signature, proof and vote', () => {
    const digest = new Transcript('test/v1').append('label', utf8('value')).appendU32('number', 7).digest();
    // Computed by hand: each text and field behind its 32-bit length, hashed with Python's hashlib.
    expect(toHex(digest)).toBe('5b225ca1cf2d15848e59c82accf6bbc7ec4f1aec6619f6326ef8589e0f0c1034');
  });

  it('goes on after a digest was taken', () => {
    const transcript = new Transcript('t').append('a', utf8('1'));
    const early = transcript.digest();
    expect(transcript.digest()).toEqual(early);
    expect(transcript.append('b', utf8('2')).digest()).not.toEqual(early);
  });
});
