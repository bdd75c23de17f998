import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadBackends } from '../src/backends.ts';
import { check } from '../src/checkers/index.ts';
import { simulate } from '../src/cluster.ts';
import type { ClientEvent, Recorded, StockEvent } from '../src/history.ts';
import { LIES, type LieName } from '../src/liar/lies.ts';
import type { EpochEvent } from '../src/node-parts.ts';
import { ECDSA_SCHEMES, FROST_SCHEMES, planOf, type SigningPlan } from '../src/plan.ts';
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

const refuses =
  (effect: (what: Extract<ClientEvent, { kind: 'refused' }>) => boolean): Effect =>
  (event) =>
    event.kind === 'client' && event.what.kind === 'refused' && effect(event.what);
const failsToPrepare =
  (effect: (what: Extract<StockEvent, { kind: 'failed' }>) => boolean): Effect =>
  (event) =>
    event.kind === 'stock' && event.party !== 2 && event.what.kind === 'failed' && effect(event.what);
const burns =
  (code: string): Effect =>
  (event) =>
    event.kind === 'stock' && event.party !== 2 && event.what.kind === 'pair-burnt' && event.what.code === code;

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
  'share of something else': namedByClient,
  'share of nothing': namedByClient,
  'does not answer the client': (event) =>
    event.kind === 'client' && event.what.kind === 'no-answer' && event.what.party === 2,
  'accuses another to the client': refuses(({ party, accused }) => party === 2 && accused.length === 1),
  // The others name it; to the client that is their word.
  'opens other entropy': refuses(({ code, accused }) => code === 'ecdsa/invalid-opening' && accused.join() === '2'),
  'assigns two preparations': (event) =>
    event.kind === 'client' && event.what.kind === 'contradiction' && event.what.leader === 2,
  'assigns one preparation twice': refuses(({ party, code }) => party !== 2 && code === 'signing/preparation-lost'),
  'assigns nothing': refuses(({ code, accused }) => code === 'signing/signer-silent' && accused.join() === '2'),
  'prepares for ever': refuses(({ code, accused }) => code === 'signing/signer-silent' && accused.join() === '2'),
  'says that requests have failed': refuses(({ party, code }) => party !== 2 && code === 'signing/signer-failed'),
  'nonce commitments that are no points': failsToPrepare(({ culprits }) => culprits.join() === '2'),
  'two stories about nonce commitments': failsToPrepare(({ code }) => code === 'stock/different-results'),
  'wrong message of a transfer': burns('ecdsa/pair-check-failed'),
  'two stories in round 3 of presigning': failsToPrepare(({ code }) => code === 'ecdsa/inconsistent-presignature'),
  'nonsense in the set-up of pairs': burns('ecdsa/pair-check-failed'),
  'batches with a wrong header': (event) =>
    event.kind === 'stock' && event.what.kind === 'dropped' && event.what.reason === 'stale-header',
  'says that pairs of others are burnt': failsToPrepare(({ code }) => code === 'stock/preparation-failed'),
  'gives every batch up': failsToPrepare(({ code }) => code === 'stock/preparation-failed'),
  'replays messages about signing': (event) =>
    event.kind === 'stock' && event.what.kind === 'dropped' && event.what.from === 2,
};

/** Everything, also from the stock, so that a liar has something to lie about. */
const BUSY: SigningPlan = {
  count: 9,
  atOnce: 2,
  otherSigners: 0.4,
  pauseMaxMs: 500,
  schemes: FROST_SCHEMES,
  watermarks: { low: 2, high: 4 },
};
/** Lies that only ECDSA gives a chance to. */
const OF_ECDSA: readonly LieName[] = [
  'opens other entropy',
  'wrong message of a transfer',
  'two stories in round 3 of presigning',
  'nonsense in the set-up of pairs',
];

/** What the client does so that a lie has its chance. */
function signingFor(lie: LieName): SigningPlan {
  if (OF_ECDSA.includes(lie)) return { ...BUSY, count: 5, schemes: ECDSA_SCHEMES };
  // It takes two preparations of one kind.
  if (lie === 'assigns two preparations') return { ...BUSY, count: 16, schemes: FROST_SCHEMES.slice(0, 1) };
  return BUSY;
}

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
    const signing = signingFor(lie);
    const plan = calmPlan(100, { faulty: [2], liar: { party: 2, lies: [lie] }, signing });
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

test('a member whose disk is rolled back goes on without anything that it had', async () => {
  const rollback = { party: 1, afterSignatures: 4, downMs: 500 };
  const signing = { ...BUSY, schemes: [...ECDSA_SCHEMES, ...FROST_SCHEMES] };
  const outcome = await simulate(calmPlan(200, { faulty: [1], rollback, signing }), { backends });
  expect(check(outcome, backends.curves)).toEqual([]);
  const { events } = outcome.history;
  const at = events.findIndex((event) => event.kind === 'disk-rolled-back' && event.party === 1);
  expect(at).toBeGreaterThan(0);
  // The others had prepared with it, and it signs again afterwards.
  expect(events.slice(0, at).some((event) => event.kind === 'share-made' && event.party === 1)).toBe(true);
  expect(events.slice(at).some((event) => event.kind === 'epoch-in-service' && event.party === 1)).toBe(true);
  expect(outcome.serving.has(1)).toBe(true);
});

test('no plan has more faulty parties than n − t, unless all are killed and nobody lies', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const { partyCount, threshold, faulty, liar, crashes, rollback } = planOf(seed);
    if (rollback !== undefined) expect(faulty).toContain(rollback.party);
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
