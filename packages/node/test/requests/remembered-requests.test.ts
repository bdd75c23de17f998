import { describe, expect, it } from 'vitest';
import { REQUEST_ID_LIFETIME_MS } from '../../src/requests/limits.ts';
import { RememberedRequests } from '../../src/requests/remembered-requests.ts';
import { RequestIds } from '../../src/requests/request-ids.ts';
import { VirtualClock } from '../mesh/virtual-clock.ts';
import { codeOf } from './expectations.ts';

const lifetimeMs = 1_000;

describe('RememberedRequests', () => {
  it('tells new, same and other, and forgets after the lifetime and not before', () => {
    const clock = new VirtualClock();
    const seen = new RememberedRequests({ clock, lifetimeMs, entriesMax: 10, whenFull: 'refuse' });
    expect(seen.remember('a', 'x')).toBe('new');
    expect(seen.remember('a', 'x')).toBe('same');
    expect(seen.remember('a', 'y')).toBe('other');
    clock.advance(lifetimeMs - 1);
    expect(seen.remember('a', 'y')).toBe('other');
    clock.advance(1);
    expect(seen.remember('a', 'y')).toBe('new');
    expect(seen.size).toBe(1);
  });

  it('a full memory that refuses forgets nothing, and takes new keys once old ones expire', async () => {
    const clock = new VirtualClock();
    const seen = new RememberedRequests({ clock, lifetimeMs, entriesMax: 2, whenFull: 'refuse' });
    seen.remember('a');
    clock.advance(500);
    seen.remember('b');
    expect(await codeOf(() => seen.remember('c'))).toBe('node/overloaded');
    expect([seen.remember('a'), seen.remember('b')]).toEqual(['same', 'same']);
    clock.advance(500);
    expect(seen.remember('c')).toBe('new');
    expect(seen.remember('b')).toBe('same');
  });

  it('a full memory that forgets lets nobody wait', () => {
    const seen = new RememberedRequests({
      clock: new VirtualClock(),
      lifetimeMs,
      entriesMax: 2,
      whenFull: 'forget-oldest',
    });
    for (const key of ['a', 'b', 'c']) expect(seen.remember(key)).toBe('new');
    expect(seen.size).toBe(2);
    expect([seen.remember('c'), seen.remember('b'), seen.remember('a')]).toEqual(['same', 'same', 'new']);
  });
});

describe('RequestIds', () => {
  const [one, two] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];

  it('refuses other content under the same id of the same wallet, for its lifetime', async () => {
    const clock = new VirtualClock();
    const ids = new RequestIds(clock);
    ids.claim('0xa', 'request-1', one);
    ids.claim('0xa', 'request-1', one);
    ids.claim('0xb', 'request-1', two);
    ids.claim('0xa', 'request-2', two);
    expect(await codeOf(() => ids.claim('0xa', 'request-1', two))).toBe('wire/request-id-reused');
    clock.advance(REQUEST_ID_LIFETIME_MS);
    ids.claim('0xa', 'request-1', two);
  });

  it('cannot be filled so that others are refused', () => {
    const ids = new RequestIds(new VirtualClock(), 3);
    for (let i = 0; i < 10; i += 1) ids.claim('0xflood', `request-${i}`, one);
    ids.claim('0xa', 'request-1', one);
  });
});
