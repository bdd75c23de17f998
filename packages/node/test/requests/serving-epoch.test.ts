import { describe, expect, it } from 'vitest';
import { NodeError } from '../../src/errors.ts';
import { createServing, createServingEpoch, type EpochShares } from '../../src/requests/serving-epoch.ts';
import { curves, dealEpoch } from './dealt-epoch.ts';
import { codeOf, errorOf } from './expectations.ts';

const dealt = dealEpoch(4, 3);
const notReady = () => new NodeError('Not yet.', { code: 'node/not-ready', fault: 'environment' });

describe('the epoch in service', () => {
  it('is refused when it is another than the client asks for, or when there is none', async () => {
    let current: EpochShares | undefined;
    const serving = createServing(() => current, curves, notReady);
    expect(await codeOf(() => serving(1))).toBe('node/not-ready');
    current = dealt.sharesOf(2);
    expect(serving(1).self).toBe(2);
    const error = await errorOf(() => serving(2));
    expect([error.code, error.details]).toEqual(['wire/stale-epoch', { asked: 2, inService: 1 }]);
  });

  it('is decoded once, and anew when it changes', () => {
    let current = dealt.sharesOf(2);
    const serving = createServing(() => current, curves, notReady);
    const first = serving(1);
    expect(serving(1)).toBe(first);
    current = dealt.sharesOf(3);
    expect(serving(1).self).toBe(3);
  });

  it('must have a share for every root key', async () => {
    const { shares, ...rest } = dealt.sharesOf(1);
    expect(await codeOf(() => createServingEpoch({ ...rest, shares: shares.slice(1) }, curves))).toBe(
      'chain/unexpected-data',
    );
  });
});
