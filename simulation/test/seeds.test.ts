import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadBackends } from '../src/backends.ts';
import { check } from '../src/checkers/index.ts';
import { simulate } from '../src/cluster.ts';
import type { Recorded } from '../src/history.ts';
import { LIES, type LieName } from '../src/liar/lies.ts';
import type { EpochEvent } from '../src/node-parts.ts';
import { planOf } from '../src/plan.ts';
import { runSeed } from '../src/run-seed.ts';
import { lineOf } from '../src/trace.ts';
import { calmPlan } from './calm-plan.ts';

const backends = await loadBackends();

type Effect = (event: Recorded) => boolean;
const byMember =
  (effect: (event: EpochEvent) => boolean): Effect =>
  (event) =>
    event.kind === 'member' && event.party !== 2 && effect(event.event);
const convicts = byMember((event) => event.kind === 'run-done' && event.convicted.includes(2));
const fails = byMember((event) => event.kind === 'run-failed' && event.blamed.includes(2));
const stalls = byMember((event) => event.kind === 'stalled' && event.missing.includes(2));
const namedByClient: Effect = (event) =>
  event.kind === 'client' && event.what.kind === 'culprits' && event.what.parties.includes(2);

/** What must be seen for the lie of party 2 to be the lie that its name says. The others must have no effect at all. */
const EFFECTS: Partial<Record<LieName, Effect>> = {
  'bad share to one': convicts,
  'opening is not the committed one': convicts,
  'wrong proof for the encryption key': convicts,
  'wrong proof for a root key': convicts,
  'malformed message': convicts,
  'false complaint': convicts,
  'wrong result': convicts,
  'false view of another': fails,
  'two stories in one round': byMember((event) => event.kind === 'equivocation' && event.author === 2),
  'silent from some round': stalls,
  'wrong signature share': namedByClient,
  'malformed signature share': namedByClient,
  'invalid commitment': namedByClient,
  'commits and does not sign': (event) =>
    event.kind === 'client' && event.what.kind === 'no-answer' && event.what.party === 2 && event.what.step === 'share',
};

test('a seed decides everything: two runs give the same trace', async () => {
  const traceOf = async (seed: number): Promise<string> => {
    const { history, signatures } = await simulate(planOf(seed), { backends });
    const last = signatures.map(({ signed }) => Buffer.from(signed.signature).toString('hex'));
    return [...history.events.map(lineOf), ...last].join('\n');
  };
  const first = await traceOf(3);
  expect(first.length).toBeGreaterThan(1_000);
  expect(await traceOf(3)).toBe(first);
  expect(await traceOf(4)).not.toBe(first);
});

// 31 never ends if members do not give up on a result that too few voted for.
test.each([1, 2, 3, 4, 5, 6, 31])('seed %i', async (seed) => {
  expect((await runSeed(seed, backends)).violations).toEqual([]);
});

describe('every lie alone', () => {
  test.each(Object.keys(LIES) as LieName[])('%s', async (lie) => {
    const plan = calmPlan(100, { faulty: [2], liar: { party: 2, lies: [lie] }, signatures: 4 });
    const outcome = await simulate(plan, { backends });
    expect(check(outcome, backends.curves)).toEqual([]);
    const effect = EFFECTS[lie];
    if (effect !== undefined) expect(outcome.history.events.filter(effect).length).toBeGreaterThan(0);
  });
});

// With a run that gives up at its own timeout, these two seeds end an attempt and name nobody.
test.each([5, 12])(
  'a member that speaks around the timeout does not turn the others against each other: %i',
  async (seed) => {
    const plan = calmPlan(seed, { faulty: [2], liar: { party: 2, lies: ['speaks at the last moment'] } });
    expect(check(await simulate(plan, { backends }), backends.curves)).toEqual([]);
  },
);

test('no plan has more faulty parties than n − t, unless all are killed and nobody lies', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const { partyCount, threshold, faulty, liar, crashes } = planOf(seed);
    expect(faulty.length).toBeLessThanOrEqual(partyCount - threshold);
    if (liar !== undefined) expect(faulty).toContain(liar.party);
    const crashing = new Set(crashes.map(({ party }) => party));
    const isBlackout = faulty.length === 0 && crashing.size === partyCount;
    if (!isBlackout) for (const party of crashing) expect(faulty).toContain(party);
  }
});

test('the command ends with how many passed and failed', () => {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const output = execFileSync(
    process.execPath,
    ['--conditions=keymesh:source', 'src/main.ts', '--first', '7', '--seeds', '2'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  expect(output.trimEnd().split('\n').at(-1)).toBe('2 passed, 0 failed');
});
