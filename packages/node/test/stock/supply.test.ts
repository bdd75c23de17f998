import { describe, expect, it } from 'vitest';
import { NodeError } from '../../src/errors.ts';
import { Demand } from '../../src/stock/demand.ts';
import {
  OWN_BATCHES_MAX,
  PREPARATIONS_AWAITED_MAX,
  REFILL_PAUSE_MAX_MS,
  REFILL_PAUSE_MIN_MS,
  REFILL_QUIET_MS,
  STOCK_BATCH_ITEMS,
  STOCK_DEMAND_WINDOW_MS,
  STOCK_USE_WINDOW_MS,
} from '../../src/stock/limits.ts';
import type { PreparationOrder } from '../../src/stock/maker-events.ts';
import type { Preparation } from '../../src/stock/preparation.ts';
import { Stock } from '../../src/stock/stock.ts';
import { Supply, type Watermarks } from '../../src/stock/supply.ts';
import { settle } from '../epochs/manual-clock.ts';
import { VirtualClock } from '../mesh/virtual-clock.ts';
import { codeOf } from '../requests/expectations.ts';

const SELF = 1;
const shelf = { scheme: 'SchnorrEd25519Sha512', signers: [1, 2, 3] } as const;
const other = { scheme: 'SchnorrEd25519Sha512', signers: [1, 2, 4] } as const;
const trouble = new NodeError('No.', { code: 'stock/preparation-timeout', fault: 'environment' });

function underTest(watermarks: Watermarks = { low: 0, high: 0 }) {
  const clock = new VirtualClock();
  const stock = new Stock();
  const orders: PreparationOrder[] = [];
  let last = 100;
  const supply = new Supply(SELF, watermarks, {
    ...{ clock, stock, make: (order) => orders.push(order) },
    nextOrder: () => (last += 1),
  });
  let count = 0;
  const make = (of: { readonly signers: readonly number[] }, owner = SELF): Preparation => {
    count += 1;
    const nonces = { discard: () => {} };
    return { kind: 'frost', id: `${count}`, owner, ...shelf, signers: of.signers, nonces } as unknown as Preparation;
  };
  const answer = (order: PreparationOrder | undefined): void => {
    if (order === undefined) throw new Error('nothing was ordered');
    const preparations = Array.from({ length: order.count }, () => make(order));
    const life = { epochId: new Uint8Array(32), signers: order.signers, boots: [] };
    supply.onEvent({ kind: 'made', order: order.order, life, preparations });
  };
  const refuse = (order: PreparationOrder | undefined): void => {
    if (order === undefined) throw new Error('nothing was ordered');
    supply.onEvent({ ...order, kind: 'failed', error: trouble });
  };
  /** Answers orders until none comes any more. */
  const answerAll = (): number => {
    let answered = 0;
    for (; orders.length > 0; answered++) answer(orders.shift());
    return answered;
  };
  const later = (of: typeof shelf | typeof other = shelf): Promise<Preparation> => {
    const obtained = supply.obtain(of);
    if ('now' in obtained) throw new Error('it was in stock');
    return obtained.later;
  };
  return { clock, stock, supply, orders, make, answer, refuse, answerAll, later };
}

describe('a request', () => {
  it('gets what is in stock; what is not is ordered at once, for one signature', async () => {
    const { stock, supply, orders, make, answer, later } = underTest();
    const kept = make(shelf);
    stock.add(kept);
    expect(supply.obtain(shelf)).toEqual({ now: kept });
    expect(orders).toEqual([]);
    const waiting = later();
    expect(orders).toEqual([{ order: 101, ...shelf, count: 1 }]);
    answer(orders[0]);
    expect((await waiting).signers).toEqual(shelf.signers);
    expect(stock.size).toBe(0);
  });

  it('does not get what another signer owns', () => {
    const { stock, supply, make } = underTest();
    stock.add(make(shelf, 2));
    expect(supply.obtain(shelf)).toHaveProperty('later');
    expect(stock.size).toBe(1);
  });

  it('hands nothing of itself on but scheme and signers', () => {
    const { supply, orders } = underTest();
    supply.obtain({ ...shelf, message: new Uint8Array(9), session: 'secret' } as never);
    expect(Object.keys(orders[0] as object).sort()).toEqual(['count', 'order', 'scheme', 'signers']);
  });

  it('is served by a refill if that is done first, whose place its own order then takes', async () => {
    const { stock, supply, orders, answer, later } = underTest({ low: 4, high: 4 });
    const first = later();
    const [own, refill] = orders as [PreparationOrder, PreparationOrder];
    expect(refill.count).toBe(STOCK_BATCH_ITEMS);
    const second = later();
    expect(orders).toHaveLength(3);
    answer(refill);
    expect(await Promise.all([first, second])).toHaveLength(2);
    expect(stock.count(SELF, shelf)).toBe(STOCK_BATCH_ITEMS - 2);
    answer(own);
    expect(stock.count(SELF, shelf)).toBe(STOCK_BATCH_ITEMS - 1);
    expect(supply.obtain(shelf)).toHaveProperty('now');
  });

  it('fails with what its order failed with, and only one does', async () => {
    const { orders, answer, refuse, later } = underTest();
    const [first, second] = [later(), later()];
    refuse(orders[1]);
    expect(await codeOf(() => first)).toBe('stock/preparation-timeout');
    answer(orders[0]);
    await second;
  });

  it('takes over the order that a refill has made needless for another', async () => {
    const { supply, orders, answer, later } = underTest({ low: 4, high: 4 });
    const first = later();
    const [own, refill] = orders as [PreparationOrder, PreparationOrder];
    answer(refill);
    await first;
    const rest = Array.from({ length: STOCK_BATCH_ITEMS - 1 }, () => supply.obtain(shelf));
    expect(rest.every((obtained) => 'now' in obtained)).toBe(true);
    const waiting = later();
    expect(orders.filter(({ count }) => count === 1)).toEqual([own]);
    answer(own);
    await waiting;
  });

  it('does not fail when one of the orders fails that a refill has made needless', async () => {
    const { supply, orders, answer, refuse, later } = underTest({ low: 4, high: 4 });
    const served = [later(), later()];
    const [first, refill, second] = orders as [PreparationOrder, PreparationOrder, PreparationOrder];
    answer(refill);
    await Promise.all(served);
    for (let kept = STOCK_BATCH_ITEMS - served.length; kept > 0; kept--) {
      expect(supply.obtain(shelf)).toHaveProperty('now');
    }
    const waiting = later();
    refuse(first);
    answer(second);
    await waiting;
  });

  it('waits for a place beyond what peers admit; a place serves several, in turn of signer sets', async () => {
    const { orders, answer, later } = underTest();
    const places = OWN_BATCHES_MAX - 1;
    const waiting = Array.from({ length: places + STOCK_BATCH_ITEMS + 1 }, () => later());
    const ofOther = later(other);
    expect(orders).toHaveLength(places);
    for (let i = 0; i < 3; i++) answer(orders[i]);
    expect(orders.slice(places)).toMatchObject([
      { ...other, count: 1 },
      { ...shelf, count: STOCK_BATCH_ITEMS },
      { ...shelf, count: 1 },
    ]);
    for (const order of orders.slice(3)) answer(order);
    expect(orders).toHaveLength(places + 3);
    await Promise.all([...waiting, ofOther]);
  });

  it('has no more batches under way than that with a refill, however many signer sets are in use', () => {
    const { orders, supply } = underTest({ low: 8, high: 8 });
    for (const used of [shelf, other, shelf, other]) {
      for (let i = 0; i < OWN_BATCHES_MAX; i++) {
        const obtained = supply.obtain(used);
        if ('later' in obtained) obtained.later.catch(() => {});
      }
    }
    expect(orders).toHaveLength(OWN_BATCHES_MAX);
  });

  it('that waits for a place fails with the first order from the same signers, and no other does', async () => {
    const { orders, answer, refuse, later } = underTest();
    const waiting = Array.from({ length: OWN_BATCHES_MAX - 1 }, () => later());
    const unordered = [later(), later()];
    const ofOther = later(other);
    refuse(orders[0]);
    // As many as have an order under way are left.
    const failed = [...waiting, ...unordered].slice(0, 3);
    for (const request of failed) expect(await codeOf(() => request)).toBe('stock/preparation-timeout');
    for (const order of orders.slice(1)) answer(order);
    await Promise.all([...waiting.slice(3), ...unordered, ofOther]);
  });

  it('has one place after a failure until a batch succeeds, so that a silent signer does not take them all', async () => {
    const { orders, answer, refuse, later } = underTest();
    const failing = later();
    refuse(orders[0]);
    expect(await codeOf(() => failing)).toBe('stock/preparation-timeout');
    const waiting = [later(), later(), later()];
    const ofOther = [later(other), later(other)];
    expect(orders.slice(1)).toMatchObject([
      { ...shelf, count: 1 },
      { ...other, count: 1 },
      { ...other, count: 1 },
    ]);
    answer(orders[1]);
    expect(orders.slice(4)).toMatchObject([{ ...shelf, count: 2 }]);
    for (const order of orders.slice(2)) answer(order);
    await Promise.all([...waiting, ...ofOther]);
    const again = [later(), later()];
    expect(orders.slice(5)).toHaveLength(2);
    for (const order of orders.slice(5)) answer(order);
    await Promise.all(again);
  });

  it('is refused when too many wait', async () => {
    const { orders, supply, answer, later } = underTest();
    const waiting = Array.from({ length: PREPARATIONS_AWAITED_MAX }, () => later());
    expect(orders.length).toBeLessThan(OWN_BATCHES_MAX);
    expect(await codeOf(() => supply.obtain(shelf))).toBe('stock/overloaded');
    answer(orders[0]);
    await waiting[0];
    expect(supply.obtain(shelf)).toHaveProperty('later');
  });

  it('is not answered by orders of another life', async () => {
    const { supply, orders, later } = underTest();
    const waiting = later();
    let isOver = false;
    waiting.then(
      () => (isOver = true),
      () => (isOver = true),
    );
    supply.onEvent({ ...shelf, kind: 'failed', order: (orders[0] as PreparationOrder).order - 1, error: trouble });
    await settle();
    expect(isOver).toBe(false);
  });

  it('fails when the supply closes; what is made afterwards is destroyed', async () => {
    const { supply, stock, orders, make, later, clock } = underTest({ low: 4, high: 4 });
    const waiting = later();
    supply.close(trouble);
    expect(await codeOf(() => waiting)).toBe('stock/preparation-timeout');
    let destroyed = 0;
    const late = { ...make(shelf), nonces: { discard: () => (destroyed += 1) } } as unknown as Preparation;
    const life = { epochId: new Uint8Array(32), signers: shelf.signers, boots: [] };
    supply.onEvent({ kind: 'made', order: (orders[0] as PreparationOrder).order, life, preparations: [late] });
    expect([destroyed, stock.size]).toEqual([1, 0]);
    expect([orders.length, clock.pending]).toEqual([2, 0]);
  });
});

describe('refilling', () => {
  it('goes to the low mark after one request, one batch at a time', async () => {
    const { stock, orders, clock, answer, later } = underTest({ low: 10, high: 100 });
    const waiting = later();
    expect(orders.map(({ count }) => count)).toEqual([1, STOCK_BATCH_ITEMS]);
    answer(orders.shift());
    await waiting;
    expect(orders).toHaveLength(1);
    clock.advance(REFILL_QUIET_MS);
    for (let kept = STOCK_BATCH_ITEMS; orders.length > 0; kept += STOCK_BATCH_ITEMS) {
      expect(orders).toHaveLength(1);
      answer(orders.shift());
      expect(stock.count(SELF, shelf)).toBe(kept);
    }
    expect(stock.count(SELF, shelf)).toBeGreaterThanOrEqual(10);
    expect(stock.count(SELF, shelf)).toBeLessThan(10 + STOCK_BATCH_ITEMS);
  });

  it('follows what was used in the last minute, up to the high mark', async () => {
    const { stock, supply, clock, answerAll } = underTest({ low: 4, high: 40 });
    const use = (count: number): void => {
      for (let i = 0; i < count; i++) {
        const obtained = supply.obtain(shelf);
        if ('later' in obtained) obtained.later.catch(() => {});
        answerAll();
        clock.advance(REFILL_QUIET_MS);
        answerAll();
      }
    };
    use(10);
    expect(stock.count(SELF, shelf)).toBeGreaterThanOrEqual(30);
    expect(stock.count(SELF, shelf)).toBeLessThan(30 + STOCK_BATCH_ITEMS);
    use(30);
    expect(stock.count(SELF, shelf)).toBeGreaterThanOrEqual(40);
    expect(stock.count(SELF, shelf)).toBeLessThan(40 + STOCK_BATCH_ITEMS);
    // A minute later little is wanted: what is there is used first.
    clock.advance(STOCK_DEMAND_WINDOW_MS + 5_000);
    let ordered = 0;
    const before = stock.count(SELF, shelf);
    supply.obtain(shelf);
    ordered += answerAll();
    expect([ordered, stock.count(SELF, shelf)]).toEqual([0, before - 1]);
  });

  it('keeps three times what was used in the last minute', async () => {
    const { stock, supply, clock, answerAll } = underTest({ low: 0, high: 400 });
    for (let i = 0; i < 7; i++) {
      const obtained = supply.obtain(shelf);
      if ('later' in obtained) obtained.later.catch(() => {});
    }
    answerAll();
    clock.advance(REFILL_QUIET_MS);
    answerAll();
    expect(stock.count(SELF, shelf)).toBeGreaterThanOrEqual(21);
    expect(stock.count(SELF, shelf)).toBeLessThan(21 + STOCK_BATCH_ITEMS);
  });

  it('fills up in a quiet time whatever is missing, and not more often than a batch is used', () => {
    const { stock, supply, clock, answerAll, make } = underTest({ low: 16, high: 16 });
    while (stock.count(SELF, shelf) < 16) stock.add(make(shelf));
    const batches = Array.from({ length: 2 * STOCK_BATCH_ITEMS + 1 }, () => {
      expect(supply.obtain(shelf)).toHaveProperty('now');
      clock.advance(REFILL_QUIET_MS);
      const answered = answerAll();
      expect(stock.count(SELF, shelf)).toBeGreaterThanOrEqual(16);
      return answered;
    });
    expect(batches).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  });

  it('leaves the processor to requests while they come, unless little is left', () => {
    const { stock, supply, clock, orders, answerAll, make } = underTest({ low: 16, high: 16 });
    const keep = (count: number): void => {
      while (stock.count(SELF, shelf) < count) stock.add(make(shelf));
    };
    const request = (): number => {
      expect(supply.obtain(shelf)).toHaveProperty('now');
      return orders.length;
    };
    keep(9);
    expect([request(), request()]).toEqual([0, 0]);
    clock.advance(REFILL_QUIET_MS - 1);
    expect(request()).toBe(0);
    clock.advance(REFILL_QUIET_MS - 1);
    expect(orders).toHaveLength(0);
    clock.advance(1);
    expect(orders).toHaveLength(1);
    answerAll();
    expect(stock.count(SELF, shelf)).toBeGreaterThanOrEqual(16);
    while (stock.count(SELF, shelf) > 2) expect(request()).toBe(0);
    expect(request()).toBe(1);
  });

  it('takes turns: a shelf that never fills does not keep others from theirs', () => {
    const { supply, orders, answer } = underTest({ low: 500, high: 500 });
    for (const used of [shelf, other]) {
      const obtained = supply.obtain(used);
      if ('later' in obtained) obtained.later.catch(() => {});
    }
    const turns: string[] = [];
    for (let i = 0; i < 12; i++) {
      // The first is in constant use.
      const obtained = supply.obtain(shelf);
      if ('later' in obtained) obtained.later.catch(() => {});
      const at = orders.findIndex(({ count }) => count > 1);
      const [refill] = orders.splice(at, 1);
      turns.push(refill?.signers.join() ?? '');
      answer(refill);
    }
    expect(turns.filter((signers) => signers === other.signers.join()).length).toBeGreaterThanOrEqual(5);
  });

  it('pauses after a failure, longer each time, and begins again by itself', async () => {
    const { clock, orders, refuse, answer, later } = underTest({ low: 4, high: 4 });
    const waiting = later();
    answer(orders.shift());
    await waiting;
    let pauseMs = REFILL_PAUSE_MIN_MS;
    for (let i = 0; i < 9; i++) {
      expect(orders).toHaveLength(1);
      refuse(orders.shift());
      clock.advance(pauseMs - 1);
      expect([i, orders.length]).toEqual([i, 0]);
      clock.advance(1);
      pauseMs = Math.min(2 * pauseMs, REFILL_PAUSE_MAX_MS);
    }
    answer(orders.shift());
    expect(orders).toEqual([]);
  });

  it('ends for what is not used any more', async () => {
    const { stock, clock, orders, answer, answerAll, later } = underTest({ low: 4, high: 4 });
    const waiting = later();
    answerAll();
    await waiting;
    clock.advance(STOCK_USE_WINDOW_MS + 1);
    stock.clear();
    const second = later(other);
    answer(orders.shift());
    await second;
    answerAll();
    expect(stock.count(SELF, other)).toBeGreaterThanOrEqual(4);
    expect(stock.count(SELF, shelf)).toBe(0);
  });
});

it('demand is what came in the last minute, to a twelfth of it', () => {
  const clock = new VirtualClock();
  const demand = new Demand(clock);
  for (let i = 0; i < 60; i++) {
    demand.note();
    clock.advance(1_000);
  }
  expect(demand.recent).toBeGreaterThanOrEqual(55);
  expect(demand.recent).toBeLessThanOrEqual(60);
  clock.advance(30_000);
  expect(demand.recent).toBeGreaterThanOrEqual(25);
  expect(demand.recent).toBeLessThanOrEqual(31);
  clock.advance(31_000);
  expect(demand.recent).toBe(0);
  clock.advance(10 * STOCK_DEMAND_WINDOW_MS);
  demand.note();
  expect(demand.recent).toBe(1);
});
