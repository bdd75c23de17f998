import { describe, expect, it } from 'vitest';
import { GIVEN_UP_PER_OWNER_MAX, PREPARATIONS_PER_OWNER_MAX } from '../../src/stock/limits.ts';
import type { FrostPreparation, Preparation } from '../../src/stock/preparation.ts';
import { Stock } from '../../src/stock/stock.ts';

const scheme = 'SchnorrEd25519Sha512';
const shelf = { scheme, signers: [1, 2, 3] } as const;

/** A preparation of which only what the stock looks at is there, and that knows whether it was destroyed. */
function preparation(id: string, changed: Partial<Omit<FrostPreparation, 'kind' | 'nonces'>> = {}) {
  const nonces = {
    destroyed: 0,
    discard: () => {
      nonces.destroyed += 1;
    },
  };
  const made = { kind: 'frost', id, owner: 1, ...shelf, commitments: [], ...changed, nonces } as unknown as Preparation;
  return { made, nonces };
}

function stockOf(...made: { readonly made: Preparation }[]): Stock {
  const stock = new Stock();
  for (const entry of made) stock.add(entry.made);
  return stock;
}

describe('the stock', () => {
  it('gives each out once, the oldest first', () => {
    const [a, b] = [preparation('a'), preparation('b')];
    const stock = stockOf(a, b);
    expect(stock.takeAny(1, shelf)).toBe(a.made);
    expect(stock.take(1, shelf, 'a')).toBeUndefined();
    expect(stock.take(1, shelf, 'b')).toBe(b.made);
    expect(stock.take(1, shelf, 'b')).toBeUndefined();
    expect(stock.takeAny(1, shelf)).toBeUndefined();
    expect([stock.size, stock.count(1, shelf), a.nonces.destroyed, b.nonces.destroyed]).toEqual([0, 0, 0, 0]);
  });

  it('gives nothing for another owner, scheme or signer set, and keeps it', () => {
    const stock = stockOf(preparation('a'));
    expect(stock.take(2, shelf, 'a')).toBeUndefined();
    expect(stock.take(1, { ...shelf, scheme: 'SchnorrK256Sha256' }, 'a')).toBeUndefined();
    expect(stock.take(1, { ...shelf, signers: [1, 2, 4] }, 'a')).toBeUndefined();
    expect(stock.takeAny(2, shelf)).toBeUndefined();
    expect(stock.takeAny(1, { ...shelf, signers: [1, 23] })).toBeUndefined();
    expect(stock.take(1, shelf, 'a')).toBeDefined();
  });

  it('is bounded for each owner, whose oldest are destroyed and nobody else’s', () => {
    const [first, second, other] = [preparation('0'), preparation('1'), preparation('x', { owner: 2 })];
    const stock = stockOf(first, other, second);
    for (let i = 2; i < PREPARATIONS_PER_OWNER_MAX; i++) stock.add(preparation(`${i}`).made);
    expect([first.nonces.destroyed, stock.count(1, shelf)]).toEqual([0, PREPARATIONS_PER_OWNER_MAX]);
    stock.add(preparation('one more').made);
    expect([first.nonces.destroyed, second.nonces.destroyed, other.nonces.destroyed]).toEqual([1, 0, 0]);
    expect(stock.size).toBe(PREPARATIONS_PER_OWNER_MAX + 1);
    expect(stock.take(1, shelf, '0')).toBeUndefined();
  });

  it('destroys all with a party that restarted, whoever owns them, and no others', () => {
    const gone = [preparation('a', { signers: [1, 2, 4] }), preparation('b', { owner: 2, signers: [2, 3, 4] })];
    const kept = preparation('c');
    const stock = stockOf(...gone, kept);
    expect(stock.dropWith(4)).toBe(2);
    expect(gone.map(({ nonces }) => nonces.destroyed)).toEqual([1, 1]);
    expect([kept.nonces.destroyed, stock.size]).toEqual([0, 1]);
    expect(stock.takeAny(1, { ...shelf, signers: [1, 2, 4] })).toBeUndefined();
  });

  it('destroys what its owner gave up, also if it comes later, and only for that owner', () => {
    const [a, b, c] = [preparation('a'), preparation('b'), preparation('c')];
    const stock = stockOf(a);
    stock.drop(2, 'a');
    expect(a.nonces.destroyed).toBe(0);
    stock.drop(1, 'a');
    expect([a.nonces.destroyed, stock.size]).toEqual([1, 0]);
    stock.drop(2, 'b');
    stock.drop(1, 'c');
    for (const entry of [b, c]) stock.add(entry.made);
    expect([b.nonces.destroyed, c.nonces.destroyed, stock.size]).toEqual([0, 1, 1]);
    for (let i = 0; i <= GIVEN_UP_PER_OWNER_MAX; i++) stock.drop(1, `later ${i}`);
    const [forgotten, remembered] = [preparation('later 0'), preparation('later 1')];
    for (const entry of [forgotten, remembered]) stock.add(entry.made);
    expect([forgotten.nonces.destroyed, remembered.nonces.destroyed]).toEqual([0, 1]);
  });

  it('destroys everything at the end', () => {
    const all = [preparation('a'), preparation('b', { owner: 2 }), preparation('c', { scheme: 'SchnorrK256Taproot' })];
    const stock = stockOf(...all);
    expect([...stock.countByScheme()]).toEqual([
      [scheme, 2],
      ['SchnorrK256Taproot', 1],
    ]);
    stock.clear();
    expect(all.map(({ nonces }) => nonces.destroyed)).toEqual([1, 1, 1]);
    expect([stock.size, stock.takeAny(1, shelf)]).toEqual([0, undefined]);
  });
});
