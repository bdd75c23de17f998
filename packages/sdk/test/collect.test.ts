import { KeymeshError, type PartyIndex } from '@keymesh/foundation';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SdkError } from '../src/errors.ts';
import { HEDGE_DELAY_MS, SIGNER_LATE_DELAY_MS, SIGNING_GRACE_MS, VERDICT_GRACE_MS } from '../src/limits.ts';
import { type NetworkNode, NodeHealth } from '../src/network/network.ts';
import { type CollectParameters, collect } from '../src/nodes/collect.ts';
import { withDeadline } from '../src/nodes/deadline.ts';
import { lied, refused, unreachable } from '../src/nodes/node-failure.ts';
import { NodeRefusal } from '../src/nodes/node-refusal.ts';
import { collectShares } from '../src/signing/collect-shares.ts';
import { fail, settle, succeed, useVirtualTime } from './testnet/virtual-time.ts';

const node = (party: PartyIndex): NetworkNode => ({
  ...{ party, url: `http://node-${party}.test`, address: `0x${'00'.repeat(20)}` },
  ...{ meshIdentity: new Uint8Array(32), sealingKey: new Uint8Array(32) },
});
const nodes = [1, 2, 3, 4, 5, 6, 7].map(node);
const never = () => new Promise<never>(() => undefined);
const later = <T>(delayMs: number, value: T): Promise<T> =>
  new Promise((done) => setTimeout(() => done(value), delayMs));

beforeEach(useVirtualTime);
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('collect', () => {
  const of = (ask: CollectParameters<number>['ask'], changes: Partial<CollectParameters<number>> = {}) =>
    collect({ candidates: nodes, total: 7, threshold: 5, ask, health: new NodeHealth(), ...changes });

  test('gives exactly as many answers as are needed, ascending', async () => {
    const { value } = await succeed(() => of(({ party }) => later(700 - 100 * party, party)));
    expect(value.answers.map(({ value: answer }) => answer)).toEqual([1, 2, 3, 4, 5]);
  });

  test('asks nobody if nothing is missing', async () => {
    const ask = vi.fn(never);
    const { value } = await succeed(() => of(ask, { inHand: 5 }));
    expect(value.answers).toEqual([]);
    expect(ask).not.toHaveBeenCalled();
  });

  test('asks nobody if there cannot be enough', async () => {
    const ask = vi.fn(never);
    const { error, tookMs } = await fail(() => of(ask, { candidates: nodes.slice(0, 4) }));
    expect(error).toMatchObject({
      code: 'sdk/too-few-nodes',
      message: 'Not enough nodes: 5 of 7 needed, 7 reachable.',
    });
    expect(ask).not.toHaveBeenCalled();
    expect(tookMs).toBe(0);
  });

  test('a slow node gets company, once; whoever is first counts', async () => {
    const asked: PartyIndex[] = [];
    const { value, tookMs } = await succeed(() =>
      of(({ party }) => {
        asked.push(party);
        return party === 2 ? never() : later(10, party);
      }),
    );
    expect(asked).toEqual([1, 2, 3, 4, 5, 6]);
    expect(value.answers.map(({ value: answer }) => answer)).toEqual([1, 3, 4, 5, 6]);
    expect(tookMs).toBeLessThan(HEDGE_DELAY_MS + 100);
  });

  test('cancels what is not needed any more', async () => {
    const signals = new Map<PartyIndex, AbortSignal>();
    await succeed(() =>
      of(({ party }, signal) => {
        signals.set(party, signal);
        return party === 2 ? never() : later(10, party);
      }),
    );
    expect(signals.get(2)?.aborted).toBe(true);
  });

  test('an error that is not about a node ends it at once, and is nobody’s failure', async () => {
    const health = new NodeHealth();
    const ended = new SdkError('ended', { code: 'sdk/session-unusable', fault: 'caller' });
    const ask = ({ party }: NetworkNode) => (party === 3 ? Promise.reject(ended) : never());
    const { error, tookMs } = await fail(() => of(ask, { health }));
    expect(error).toBe(ended);
    expect(tookMs).toBeLessThan(100);
    expect(health.order(nodes)).toEqual(nodes);
  });

  test('a throw before the first wait is a failure like any other', async () => {
    const ask = ({ party }: NetworkNode): Promise<number> => {
      if (party === 1) throw new TypeError('of a strange kind');
      return later(10, party);
    };
    const { value } = await succeed(() => of(ask));
    expect(value.answers.map(({ value: answer }) => answer)).toEqual([2, 3, 4, 5, 6]);
  });

  test('an error of a strange kind is kept as the cause', async () => {
    const strange = new TypeError('of a strange kind');
    const settled = await settle(() => of(() => Promise.reject(strange)));
    expect(settled.error).toMatchObject({ code: 'sdk/too-few-nodes', cause: strange, culprits: [] });
  });

  test('waits a moment for the rest before it says why', async () => {
    const ask = (one: NetworkNode) =>
      one.party <= 3
        ? Promise.reject(unreachable(one, 'does not answer'))
        : later(VERDICT_GRACE_MS / 2, 0).then(() => Promise.reject(lied(one, 'it lies')));
    const { error, tookMs } = await fail(() => of(ask));
    expect(error).toMatchObject({ fault: 'peer', culprits: [4, 5, 6, 7] });
    expect(error.message).toBe('Not enough nodes: 5 of 7 needed, 4 reachable, 4 of them with wrong answers.');
    expect(tookMs).toBeLessThan(VERDICT_GRACE_MS);
  });

  test('and not longer than a moment', async () => {
    const ask = (one: NetworkNode) => (one.party <= 3 ? Promise.reject(unreachable(one, 'does not answer')) : never());
    const { error, tookMs } = await fail(() => of(ask));
    expect(error).toMatchObject({ code: 'sdk/too-few-nodes', culprits: [] });
    expect(tookMs).toBeLessThan(VERDICT_GRACE_MS + 100);
  });

  test('a late failure after the end is nobody’s unhandled rejection', async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown): void => void rejections.push(reason);
    process.on('unhandledRejection', note);
    const ask = ({ party }: NetworkNode) =>
      party === 1 ? later(HEDGE_DELAY_MS + 500, 0).then(() => Promise.reject(new Error('late'))) : later(10, party);
    await succeed(() => of(ask));
    await vi.advanceTimersByTimeAsync(1_000);
    await new Promise((done) => setImmediate(done));
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
  });
});

describe('collectShares', () => {
  const signers = nodes.slice(0, 5);

  test('everybody answers', async () => {
    const { value } = await succeed(() => collectShares({ signers, spareCount: 2, ask: async ({ party }) => party }));
    expect(value).toEqual({ shares: new Map([1, 2, 3, 4, 5].map((party) => [party, party])) });
  });

  test('gives up on those for whom there are spares, when nothing has come for a while', async () => {
    const ask = ({ party }: NetworkNode) => (party <= 2 ? never() : later(300 * party, party));
    const { value, tookMs } = await succeed(() => collectShares({ signers, spareCount: 2, ask }));
    expect(value).toMatchObject({ failures: [], late: [nodes[0], nodes[1]], named: [], good: [3, 4, 5] });
    expect(tookMs).toBeLessThan(1_500 + SIGNER_LATE_DELAY_MS + 100);
  });

  test('waits on where there are no spares', async () => {
    const ask = ({ party }: NetworkNode) => later(party === 1 ? 6_000 : 10, party);
    const { value, tookMs } = await succeed(() => collectShares({ signers, spareCount: 0, ask }));
    expect('shares' in value && value.shares.size).toBe(5);
    expect(tookMs).toBeGreaterThan(5_900);
  });

  test('does not wait for ever where there are no spares', async () => {
    const ask = ({ party }: NetworkNode) => (party <= 2 ? never() : later(10, party));
    const { value, tookMs } = await succeed(() => collectShares({ signers, spareCount: 1, ask }));
    expect('failures' in value && value.failures.map(({ node: silent }) => silent.party)).toEqual([1, 2]);
    expect(value).toMatchObject({ late: [], good: [3, 4, 5] });
    expect(tookMs).toBeLessThan(2 * SIGNER_LATE_DELAY_MS + 100);
  });

  test('waits on where the whole network is slow', async () => {
    const { value } = await succeed(() =>
      collectShares({ signers, spareCount: 2, ask: ({ party }) => later(4_000, party) }),
    );
    expect('shares' in value).toBe(true);
  });

  test('a failure: the others have a moment, and it is not their fault if they need longer', async () => {
    const ask = (one: NetworkNode) =>
      one.party === 1
        ? Promise.reject(lied(one, 'it lies'))
        : one.party === 2
          ? later(100, 0).then(() => Promise.reject(lied(one, 'it lies too')))
          : one.party === 3
            ? never()
            : later(10, one.party);
    const { value, tookMs } = await succeed(() => collectShares({ signers, spareCount: 2, ask }));
    expect('failures' in value && value.failures.map(({ node: liar }) => liar.party)).toEqual([1, 2]);
    expect(value).toMatchObject({ late: [], named: [], good: [4, 5] });
    expect(tookMs).toBeLessThan(SIGNING_GRACE_MS + 100);
  });

  test('those that are named as silent, and are', async () => {
    const accusation = { code: 'signing/signer-silent', fault: 'peer', message: 'Silent.', culprits: [1, 2] } as const;
    const ask = (one: NetworkNode) =>
      one.party === 3
        ? Promise.reject(refused(one, new NodeRefusal(accusation)))
        : one.party === 1
          ? never()
          : later(10, one.party);
    const { value } = await succeed(() => collectShares({ signers, spareCount: 2, ask }));
    expect(value).toMatchObject({ late: [], named: [nodes[0]], good: [2, 4, 5] });
  });
});

describe('withDeadline', () => {
  test('gives the result, and leaves no timer', async () => {
    const { value } = await succeed(() => withDeadline(1_000, undefined, () => later(10, 'done')));
    expect(value).toBe('done');
  });

  test('ends what does not obey its signal', async () => {
    const { error, tookMs } = await fail(() => withDeadline(1_000, undefined, never));
    expect(error).toMatchObject({ name: 'TimeoutError' });
    expect(tookMs).toBeLessThan(1_100);
  });

  test('can be cancelled from outside, before and during', async () => {
    const outer = new AbortController();
    const running = settle(() => withDeadline(1_000, outer.signal, never));
    outer.abort(new Error('enough'));
    expect((await running).error).toMatchObject({ message: 'enough' });
    expect((await settle(() => withDeadline(1_000, outer.signal, never))).error).toMatchObject({ message: 'enough' });
  });

  test('passes on what is thrown', async () => {
    const own = new KeymeshError('own', { code: 'own/code', fault: 'caller' });
    expect((await settle(() => withDeadline(1_000, undefined, () => Promise.reject(own)))).error).toBe(own);
  });
});
