import { KeymeshError, type PartyIndex, SecretBytes } from '@keymesh/foundation';
import type { KeyGeneration, KeyGenerationOutput } from '@keymesh/threshold/dkg';
import { Presignature } from '@keymesh/threshold/ecdsa';
import { describe, expect, test, vi } from 'vitest';
import { loadBackends } from '../src/backends.ts';
import { check } from '../src/checkers/index.ts';
import { type SimulationOptions, simulate } from '../src/cluster.ts';
import { SeededRandom } from '../src/engine/seeded-random.ts';
import { History } from '../src/history.ts';
import { altered } from '../src/liar/altered-messenger.ts';
import type { LiarContext, LieHooks } from '../src/liar/lie.ts';
import { LIES } from '../src/liar/lies.ts';
import type { KnownSecrets } from '../src/member/known-secrets.ts';
import {
  type BurntPairs,
  decodeStockMessage,
  type EpochShares,
  type EpochStore,
  type Preparation,
  STOCK_CHANNEL,
  Stock,
} from '../src/node-parts.ts';
import type { Outcome } from '../src/outcome.ts';
import { ECDSA_SCHEMES, FROST_SCHEMES, type Plan } from '../src/plan.ts';
import { CALM_SIGNING, calmPlan } from './calm-plan.ts';

type PresignatureSecrets = Parameters<Parameters<Presignature['spend']>[1]>[0];

/** Presigning takes seconds of processor time, and machines of pipelines are shared. Milliseconds. */
const ECDSA_TEST_TIMEOUT_MS = 180_000;

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
    const outcome = await run(
      calmPlan(6, { ...liar('wrong signature share'), signing: { ...CALM_SIGNING, count: 6 } }),
    );
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

  test('finds nonces, halves, transfers, and entropy that is opened too early', async () => {
    const plan = calmPlan(13, {
      signing: { ...CALM_SIGNING, schemes: [...ECDSA_SCHEMES, 'SchnorrEd25519Sha512'], count: 2 },
    });
    const outcome = await run(plan, (party, modules) => {
      const { secrets, wiretap } = modules;
      if (party !== 2 || secrets === undefined) return modules;
      const prepared: KnownSecrets['prepared'] = (of, moved) => {
        secrets.prepared(of, moved);
        wiretap.frame(moved.secret.slice());
      };
      const drawn: KnownSecrets['drawn'] = (of, bytes) => {
        secrets.drawn(of, bytes);
        if (bytes.length === 16) wiretap.value({ debug: bytes });
      };
      const opened = secrets.opened.bind(secrets);
      return { ...modules, secrets: { all: secrets.all, prepared, drawn, opened } as unknown as KnownSecrets };
    });
    const found = problemsOf(outcome, 'secrecy').join('; ');
    for (const what of ['hiding nonce', 'binding nonce', 'share of 1/k', 'share of x/k', 'entropy', 'transfers']) {
      expect(found).toContain(what);
    }
  });
});

describe('nonces', () => {
  test('finds a member whose random generator repeats itself', async () => {
    const stuck = { ...SeededRandom.ofSeed(1), source: (length: number) => new Uint8Array(length).fill(7) };
    const plant: Plant = (party: PartyIndex, modules) => {
      if (party !== 1) return modules;
      const random = { fork: () => random, integer: () => 0, ...stuck } as unknown as SeededRandom;
      return { ...modules, random };
    };
    const outcome = await run(calmPlan(12, { signing: { ...CALM_SIGNING, count: 12 } }), plant);
    expect(problemsOf(outcome, 'nonces').join()).toContain('party 1 used the nonces');
  });

  /** Keeps what it gives out, and gives it out again. */
  class GenerousStock extends Stock {
    readonly #given = new Map<string, Preparation>();

    override takeAny(...[owner, shelf]: Parameters<Stock['takeAny']>): Preparation | undefined {
      return this.#again(`${owner}/${shelf.scheme}/${shelf.signers}`, () => super.takeAny(owner, shelf));
    }
    override take(...[owner, shelf, id]: Parameters<Stock['take']>): Preparation | undefined {
      return this.#again(id, () => super.take(owner, shelf, id));
    }
    #again(key: string, take: () => Preparation | undefined): Preparation | undefined {
      const given = this.#given.get(key) ?? take();
      if (given !== undefined) this.#given.set(key, given);
      return given;
    }
  }

  test('finds a stock that gives a preparation out and keeps it', async () => {
    const signing = { ...CALM_SIGNING, schemes: FROST_SCHEMES.slice(0, 1), count: 12, watermarks: { low: 2, high: 4 } };
    const plan = calmPlan(14, { signing });
    const outcome = await run(plan, (_party, modules) => ({ ...modules, createStock: () => new GenerousStock() }));
    expect(problemsOf(outcome, 'nonces').join()).toMatch(/party \d used the preparation .* for two requests/);
  });

  test(
    'finds a member that signs without binding: it opens and signs a second time',
    async () => {
      const secrets = new WeakMap<Presignature, PresignatureSecrets>();
      const entropies = new WeakMap<Presignature, Uint8Array>();
      const { bind, spend } = Presignature.prototype;
      vi.spyOn(Presignature.prototype, 'bind').mockImplementation(function (this: Presignature, request) {
        const entropy = entropies.get(this) ?? bind.call(this, request);
        entropies.set(this, entropy);
        return entropy.slice();
      });
      vi.spyOn(Presignature.prototype, 'spend').mockImplementation(function (this: Presignature, request, use) {
        const known = secrets.get(this);
        if (known !== undefined) return use(known);
        return spend.call(this, request, (own) => {
          secrets.set(this, own);
          return use(own);
        });
      });
      try {
        const signing = {
          ...CALM_SIGNING,
          schemes: ECDSA_SCHEMES,
          count: 8,
          pauseMaxMs: 1_000,
          watermarks: { low: 2, high: 4 },
        };
        const outcome = await run(calmPlan(15, { signing }), (_party, modules) => ({
          ...modules,
          createStock: () => new GenerousStock(),
        }));
        expect(problemsOf(outcome, 'nonces').join()).toMatch(/party \d made two shares with the preparation/);
      } finally {
        vi.restoreAllMocks();
      }
    },
    ECDSA_TEST_TIMEOUT_MS,
  );
});

/** A member restarts while the client signs, and the client goes on for a while. */
const restartWhileSigning = (seed: number): Plan =>
  calmPlan(seed, {
    faulty: [1],
    rollback: { party: 1, afterSignatures: 3, downMs: 200 },
    signing: { ...CALM_SIGNING, count: 8, pauseMaxMs: 1_000, watermarks: { low: 2, high: 4 } },
  });

test('boots: finds a member that keeps its stock when a peer restarts', async () => {
  class FaithfulStock extends Stock {
    override dropWith(): number {
      return 0;
    }
  }
  expect(problemsOf(await run(restartWhileSigning(16)), 'boots')).toEqual([]);
  const outcome = await run(restartWhileSigning(16), (party, modules) =>
    party === 2 ? { ...modules, createStock: () => new FaithfulStock() } : modules,
  );
  expect(problemsOf(outcome, 'boots').join()).toMatch(/party 2 keeps \d+ preparations of older boots/);
});

test(
  'burnt pairs: finds members that forget a pair when they restart',
  async () => {
    // Cheats party 1 once, in its first presigning with it, and never again, also not after its restart.
    let hasCheated = false;
    const cheatsOnce: LieHooks = {
      messenger: (inner) => {
        const cheating = LIES['wrong message of a transfer']({ self: 4 } as LiarContext).messenger?.(inner);
        return {
          ...altered(inner, {}),
          send: (to, message) => {
            const isLie = !hasCheated && to === 1 && message[0] === STOCK_CHANNEL && message.length > 10_000;
            if (isLie && decodeStockMessage(message)?.kind === 'preparing') hasCheated = true;
            (isLie ? cheating : inner)?.send(to, message);
          },
        };
      },
    };
    const plan = calmPlan(17, {
      // Party 2 is away, so that the only signer set has the pair.
      crashes: [
        { party: 2, at: 'time', fromMs: 1, downMs: 300_000 },
        ...[1, 3, 4].map((party) => ({ party, at: 'time' as const, fromMs: 200_000, downMs: 200 })),
      ],
      faulty: [1, 2, 3, 4],
      signing: { ...CALM_SIGNING, schemes: ECDSA_SCHEMES },
    });
    // One of them alone could forget: the other refuses, and so does party 3, which they told.
    const openBurntPairs = (): BurntPairs => ({ ofEpoch: () => [], record: () => {} });
    const outcome = await run(plan, (party, modules) => ({
      ...modules,
      openBurntPairs,
      ...(party === 4 ? { lies: bend(cheatsOnce) } : {}),
    }));
    expect(problemsOf(outcome, 'burnt-pairs').join()).toContain('party 1 made a presignature with party 4');
  },
  ECDSA_TEST_TIMEOUT_MS,
);
