import { toHex } from '@keymesh/foundation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adversary, expectConvictions, FOUR, LIAR } from './expectations.ts';
import { outputsOf, run, setting } from './network.ts';

const THREE = setting(3);
const IN_ORDER = toHex(outputsOf(run(THREE)).get(1)!.resultHash);

/** A run costs tens of milliseconds. */
const RUNS = 15;

/** Picks and repeats from a list of numbers, so that a failing case shrinks. */
function scheduler(numbers: readonly number[]) {
  let at = 0;
  const next = () => numbers[at++ % numbers.length]!;
  return {
    pick: (pending: number) => next() % pending,
    // Each repeat is queued anew and could be repeated again: at most one in three is.
    repeat: () => next() % 3 === 0,
  };
}

const schedules = fc.array(fc.nat(1000), { minLength: 40, maxLength: 80 });

describe('delivery', () => {
  it('in any order, with repeats and late ones, gives the same result to all', () => {
    fc.assert(
      fc.property(schedules, (numbers) => {
        const { pick, repeat } = scheduler(numbers);
        let repeats = 0;
        const outputs = outputsOf(run(THREE, { pick, repeat: () => repeats++ < 60 && repeat() }));
        for (const { resultHash } of outputs.values()) expect(toHex(resultHash)).toBe(IN_ORDER);
      }),
      { numRuns: RUNS },
    );
  });

  it.each(THREE.participants)('to party %i as late as possible changes nothing', (late) => {
    let deferred = 0;
    const finished = run(THREE, {
      pick: (_, pending) => {
        const prompt = pending.findIndex(({ to }) => to !== late);
        if (prompt > 0) deferred++;
        return Math.max(prompt, 0);
      },
    });
    expect(deferred).toBeGreaterThan(0);
    expect(toHex(outputsOf(finished).get(late)!.resultHash)).toBe(IN_ORDER);
  });

  it('in any order convicts the same party for the same reason', () => {
    const inOrder = adversary().flipShares(LIAR, 2, (i) => (i === 31 ? 1 : 0));
    fc.assert(
      fc.property(schedules, (numbers) => {
        expectConvictions(inOrder.attack({ pick: scheduler(numbers).pick }), [[LIAR, 'bad-share']], FOUR.participants);
      }),
      { numRuns: 5 },
    );
  });
});
