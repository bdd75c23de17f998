import { KeymeshError, type PartyIndex, SecretBytes } from '@keymesh/foundation';
import type { KeyGeneration, KeyGenerationOutput } from '@keymesh/threshold/dkg';
import { describe, expect, test } from 'vitest';
import { loadBackends } from '../src/backends.ts';
import { check } from '../src/checkers/index.ts';
import { type SimulationOptions, simulate } from '../src/cluster.ts';
import type { SeededRandom } from '../src/engine/seeded-random.ts';
import { History } from '../src/history.ts';
import type { LieHooks } from '../src/liar/lie.ts';
import type { EpochShares, EpochStore } from '../src/node-parts.ts';
import type { Outcome } from '../src/outcome.ts';
import type { Plan } from '../src/plan.ts';
import { calmPlan } from './calm-plan.ts';

const backends = await loadBackends();
type Plant = NonNullable<SimulationOptions['plant']>;

const run = (plan: Plan, plant?: Plant): Promise<Outcome> =>
  simulate(plan, { backends, ...(plant === undefined ? {} : { plant }) });
const problemsOf = (outcome: Outcome, checker: string): string[] =>
  check(outcome, backends.curves)
    .filter((violation) => violation.checker === checker)
    .map(({ message }) => message);
/** A store that behaves as `inner` but for what is given. */
const faultyStore = (inner: EpochStore, changed: Partial<EpochStore>): EpochStore => ({
  hasJoined: (executionId) => inner.hasJoined(executionId),
  recordJoined: (executionId) => inner.recordJoined(executionId),
  loadShares: () => inner.loadShares(),
  saveShares: (shares) => inner.saveShares(shares),
  activateShares: (executionId) => inner.activateShares(executionId),
  ...changed,
});
/** Bends one part of a member that is no liar by plan. */
const bend = (hooks: LieHooks): { lie: 'wrong result'; hooks: LieHooks }[] => [{ lie: 'wrong result', hooks }];
/** A key generation whose output is changed on its way to the coordinator. */
const withOutput = (change: (output: KeyGenerationOutput) => KeyGenerationOutput): LieHooks => ({
  keyGeneration: (inner): KeyGeneration => ({
    candidate: undefined,
    receive: (from, round, body) => inner.receive(from, round, body),
    abandon: () => inner.abandon(),
    poke: () => {
      const step = inner.poke();
      return step.kind === 'done' ? { kind: 'done', output: change(step.output) } : step;
    },
  }),
});

const liar = (lie: NonNullable<Plan['liar']>['lies'][number]): Partial<Plan> => ({
  faulty: [4],
  liar: { party: 4, lies: [lie] },
});

test('without a planted bug nothing is found', async () => {
  expect(check(await run(calmPlan(1)), backends.curves)).toEqual([]);
});

describe('agreement', () => {
  const rotting = (inner: EpochStore): EpochStore => {
    const saveShares = (shares: EpochShares): void => {
      const rotten = shares.shares.map(({ name, share }) => ({
        name,
        share: new SecretBytes(share.expose((bytes) => bytes.map((byte, i) => (i === 16 ? byte ^ 1 : byte)))),
      }));
      inner.saveShares({ ...shares, shares: rotten });
    };
    return faultyStore(inner, { saveShares });
  };

  test('finds a member whose stored shares are not of the key', async () => {
    // It restarts after it saved, so that it serves what the disk holds.
    const crashes = [{ party: 2, at: 'time', fromMs: 3_000, downMs: 500 }] as const;
    const plan = calmPlan(2, { faulty: [2], crashes, chain: { ...calmPlan(2).chain, blockMs: 4_000 } });
    const outcome = await run(plan, (party, modules) =>
      party === 2 ? { ...modules, openStore: () => rotting(modules.openStore()) } : modules,
    );
    expect(problemsOf(outcome, 'agreement').join()).toContain('are not of the secp256k1 key on chain');
  });

  test('finds a signature that is none', async () => {
    const outcome = await run(calmPlan(3));
    const [first] = outcome.signatures;
    first?.signed.signature.fill(1, 40, 41);
    expect(problemsOf(outcome, 'agreement').join()).toContain('signature');
  });
});

describe('liars named', () => {
  test('finds members that convict in silence', async () => {
    const outcome = await run(calmPlan(4, liar('bad share to one')), (party, modules) =>
      party === 4 ? modules : { ...modules, lies: bend(withOutput((output) => ({ ...output, convicted: [] }))) },
    );
    expect(problemsOf(outcome, 'liars-named').join()).toContain('"bad share to one" of party 4');
  });

  test('finds a run that fails and names nobody', async () => {
    const failing: LieHooks = {
      keyGeneration: (inner): KeyGeneration => ({
        candidate: undefined,
        receive: (from, round, body) => inner.receive(from, round, body),
        abandon: () => inner.abandon(),
        poke: () => {
          throw new KeymeshError('Something is wrong.', { code: 'planted', fault: 'peer' });
        },
      }),
    };
    let planted = false;
    const outcome = await run(calmPlan(5), (party, modules) => {
      if (party !== 1 || planted) return modules;
      planted = true;
      return { ...modules, lies: bend(failing) };
    });
    expect(problemsOf(outcome, 'liars-named').join()).toContain('nobody was named');
  });

  test('finds a client that sees a wrong share and keeps it to itself', async () => {
    const outcome = await run(calmPlan(6, { ...liar('wrong signature share'), signatures: 6 }));
    expect(problemsOf(outcome, 'liars-named')).toEqual([]);
    const discreet = new History(() => 0);
    for (const { atMs: _, ...event } of outcome.history.events) {
      if (event.kind !== 'client' || event.what.kind !== 'culprits') discreet.record(event);
    }
    expect(problemsOf({ ...outcome, history: discreet }, 'liars-named').join()).toContain('did not name it');
  });
});

describe('honest not blamed', () => {
  test('finds a proof against an honest member', async () => {
    const outcome = await run(calmPlan(7), (party, modules) =>
      party === 1 ? { ...modules, lies: bend(withOutput((output) => ({ ...output, convicted: [2] }))) } : modules,
    );
    expect(problemsOf(outcome, 'honest-not-blamed').join()).toContain('party 1 blamed honest party 2');
  });

  test('finds members that are too impatient with one that was there', async () => {
    const plan = calmPlan(8, { startsMs: [0, 0, 0, 6_000] });
    const outcome = await run(plan, (_party, modules) => ({ ...modules, times: { roundTimeoutMs: 1_000 } }));
    expect(problemsOf(outcome, 'honest-not-blamed').join()).toContain('honest party 4 was excluded');
  });
});

describe('progress', () => {
  test('finds that t members never vote', async () => {
    const mute: LieHooks = {
      transactions: (inner) => ({ ...inner, voteKeyGeneration: () => Promise.resolve() }),
    };
    const outcome = await run(calmPlan(9), (party, modules) =>
      party <= 2 ? { ...modules, lies: bend(mute) } : modules,
    );
    expect(problemsOf(outcome, 'progress')).toContain('no epoch became active');
  });

  test('finds an honest member that never gets to serve', async () => {
    const activateShares = (): void => {
      throw new KeymeshError('Lost.', { code: 'planted', fault: 'bug' });
    };
    const outcome = await run(calmPlan(10), (party, modules) =>
      party === 3 ? { ...modules, openStore: () => faultyStore(modules.openStore(), { activateShares }) } : modules,
    );
    expect(problemsOf(outcome, 'progress')).toContain('party 3 holds no shares of the epoch in service');
  });
});

describe('secrecy', () => {
  test.each(['a frame', 'the log'])('finds a share in %s', async (where) => {
    const outcome = await run(calmPlan(11), (party, modules) => {
      if (party !== 2) return modules;
      const leak = (secret: Uint8Array): void => {
        if (where === 'the log') modules.wiretap.value({ debug: secret });
        else modules.wiretap.frame(Uint8Array.from([1, 2, 3, ...secret, 4]));
      };
      const openStore = (): EpochStore => {
        const inner = modules.openStore();
        const saveShares = (shares: EpochShares): void => {
          shares.shares[1]?.share.expose(leak);
          inner.saveShares(shares);
        };
        return faultyStore(inner, { saveShares });
      };
      return { ...modules, openStore };
    });
    expect(problemsOf(outcome, 'secrecy')).toEqual(['the secp256k1 share of party 2 can be read outside its process']);
  });
});

test('nonces: finds a member whose random generator repeats itself', async () => {
  const stuck = { source: (length: number) => new Uint8Array(length).fill(7) };
  const plant: Plant = (party: PartyIndex, modules) =>
    party === 1 ? { ...modules, random: { ...stuck, fork: () => stuck } as unknown as SeededRandom } : modules;
  const outcome = await run(calmPlan(12, { signatures: 12 }), plant);
  expect(problemsOf(outcome, 'nonces').join()).toContain('party 1 used the nonces');
});
