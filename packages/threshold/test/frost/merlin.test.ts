import { fromHex, toHex, utf8 } from '@keymesh/foundation';
import { __tests as reference } from '@scure/sr25519';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MerlinTranscript } from '../../src/frost/suites/merlin/transcript.ts';

/** The protocol of the other implementation; a transcript is what both agree on at every step. */
const { Merlin } = reference;

describe('Merlin transcripts', () => {
  // The first is in the tests of the merlin crate and of its Go port, the second in those of the port.
  it('give the published challenges', () => {
    const simple = new MerlinTranscript('test protocol');
    simple.append('some label', utf8('some data'));
    expect(toHex(simple.challenge('challenge', 32))).toBe(
      'd5a21972d0d5fe320c0d263fac7fffb8145aa640af6e9bca177c03c7efcf0615',
    );
    const long = new MerlinTranscript('test protocol');
    long.append('step1', utf8('some data'));
    let challenge = fromHex('');
    for (let i = 0; i < 32; i++) {
      challenge = long.challenge('challenge', 32);
      long.append('bigdata', new Uint8Array(1024).fill(99));
      long.append('challengedata', challenge);
    }
    expect(toHex(challenge)).toBe('a8c933f54fae76e3f9bea93648c1308e7dfa2152dd51674ff3ca438351cf003c');
  });

  it('give the challenges of another implementation, whatever is in them and across all block boundaries', () => {
    const label = fc.stringMatching(/^[a-z:-]{0,20}$/);
    const step = fc.oneof(
      fc.record({ kind: fc.constant('append' as const), label, message: fc.uint8Array({ maxLength: 400 }) }),
      fc.record({ kind: fc.constant('challenge' as const), label, length: fc.integer({ min: 0, max: 400 }) }),
    );
    fc.assert(
      fc.property(label, fc.array(step, { maxLength: 8 }), (protocol, steps) => {
        const ours = new MerlinTranscript(protocol);
        const theirs = new Merlin(protocol);
        for (const each of steps) {
          if (each.kind === 'append') {
            ours.append(each.label, each.message);
            theirs.appendMessage(each.label, each.message);
          } else {
            expect(toHex(ours.challenge(each.label, each.length))).toBe(
              toHex(theirs.challengeBytes(each.label, each.length)),
            );
          }
        }
        expect(toHex(ours.challenge('end', 32))).toBe(toHex(theirs.challengeBytes('end', 32)));
      }),
      { numRuns: 60 },
    );
  });

  it('keep nothing once they are wiped', () => {
    const [a, b] = ['one', 'two'].map((secret) => {
      const transcript = new MerlinTranscript('wiped');
      transcript.append('secret', utf8(secret));
      transcript.wipe();
      return toHex(transcript.challenge('after', 32));
    });
    expect(a).toBe(b);
  });
});
