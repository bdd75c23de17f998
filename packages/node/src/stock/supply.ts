import type { Clock, KeymeshError, PartyIndex, Timer } from '@keymesh/foundation';
import { NodeError } from '../errors.ts';
import { Demand } from './demand.ts';
import {
  OWN_BATCHES_MAX,
  PREPARATIONS_AWAITED_MAX,
  REFILL_PAUSE_MAX_MS,
  REFILL_PAUSE_MIN_MS,
  REFILL_QUIET_MS,
  STOCK_BATCH_ITEMS,
  STOCK_SHELVES_MAX,
  STOCK_USE_WINDOW_MS,
} from './limits.ts';
import type { MakerEvent, PreparationOrder } from './maker-events.ts';
import { discard, type Preparation } from './preparation.ts';
import { type Shelf, type Stock, shelfKey } from './stock.ts';

/** How much is kept ahead for each signer set and scheme in use, of what this node owns. Preparations. */
export interface Watermarks {
  /** Kept even if there was one request only. */
  readonly low: number;
  /** Kept at most. */
  readonly high: number;
}

export interface SupplyModules {
  readonly clock: Clock;
  readonly stock: Stock;
  readonly make: (order: PreparationOrder) => void;
  /** A number that no order to the same maker had: answers to orders of an earlier epoch may still be under way. */
  readonly nextOrder: () => number;
}

interface Waiting {
  readonly resolve: (preparation: Preparation) => void;
  readonly reject: (error: unknown) => void;
}

/** A signer set and scheme in use. */
interface InUse {
  readonly shelf: Shelf;
  readonly demand: Demand;
  readonly waiting: Waiting[];
  /** Number of the last order for requests; 0 before the first. */
  orderedBy: number;
  /** Number of the last refill; 0 before the first. */
  refilledBy: number;
  pauseMs: number;
  pausedUntil: number;
}

interface Order {
  readonly shelf: string;
  readonly count: number;
  readonly purpose: 'request' | 'refill';
}

/** One place is kept for refilling. */
const REQUEST_ORDERS_MAX = OWN_BATCHES_MAX - 1;

/**
 * Gives requests the preparations that this node owns, and keeps the stock filled for what is in use
 * (docs/spec/signing.md §4). What a request waits for is ordered at once, while there is a place for one more batch;
 * refilling goes one batch at a time.
 */
export class Supply {
  readonly #self: PartyIndex;
  readonly #watermarks: Watermarks;
  readonly #modules: SupplyModules;
  readonly #inUse = new Map<string, InUse>();
  readonly #orders = new Map<number, Order>();
  #isRefilling = false;
  #requestedAt = Number.NEGATIVE_INFINITY;
  #awaited = 0;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(self: PartyIndex, watermarks: Watermarks, modules: SupplyModules) {
    this.#self = self;
    this.#watermarks = watermarks;
    this.#modules = modules;
  }

  /**
   * A preparation that this node owns: from the stock, or made for this request.
   * @throws NodeError `stock/overloaded`; what making one failed with.
   */
  obtain(shelf: Shelf): { readonly now: Preparation } | { readonly later: Promise<Preparation> } {
    const use = this.#use(shelf);
    use.demand.note();
    this.#requestedAt = this.#modules.clock.now();
    const kept = this.#modules.stock.takeAny(this.#self, shelf);
    if (kept === undefined && this.#awaited >= PREPARATIONS_AWAITED_MAX) throw overloaded();
    const obtained = kept === undefined ? { later: this.#makeNow(use) } : { now: kept };
    this.#refill();
    return obtained;
  }

  /** What the maker says about an order of this node. */
  onEvent(event: Extract<MakerEvent, { kind: 'made' | 'failed' }>): void {
    const order = event.order === undefined ? undefined : this.#orders.get(event.order);
    if (event.kind === 'made') for (const preparation of event.preparations) this.#take(preparation);
    if (order === undefined || event.order === undefined) return;
    this.#orders.delete(event.order);
    const use = this.#inUse.get(order.shelf);
    if (order.purpose === 'refill') this.#isRefilling = false;
    if (event.kind === 'failed') this.#failed(use, order, event.error);
    else if (use !== undefined) use.pauseMs = REFILL_PAUSE_MIN_MS;
    this.#orderForWaiting();
    this.#refill();
  }

  /** Nothing is ordered or given out any more. */
  close(reason: KeymeshError): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    for (const { waiting } of this.#inUse.values()) for (const { reject } of waiting.splice(0)) reject(reason);
    this.#inUse.clear();
    this.#orders.clear();
  }

  /** To whoever waits longest for it, or on the shelf. */
  #take(preparation: Preparation): void {
    if (this.#isClosed) {
      discard(preparation);
      return;
    }
    const isOwn = preparation.owner === this.#self;
    const next = isOwn ? this.#inUse.get(shelfKey(preparation))?.waiting.shift() : undefined;
    if (next === undefined) this.#modules.stock.add(preparation);
    else next.resolve(preparation);
  }

  #failed(use: InUse | undefined, order: Order, error: KeymeshError): void {
    if (use === undefined) return;
    // A refill may have served some of this order: then those who wait may all have one that is still under way. Who waits
    // for a place would order from the same signers, and is told at once.
    if (order.purpose === 'request') {
      for (const { reject } of use.waiting.splice(0, Math.max(0, this.#unordered(use)))) reject(error);
    }
    use.pausedUntil = this.#modules.clock.now() + use.pauseMs;
    use.pauseMs = Math.min(2 * use.pauseMs, REFILL_PAUSE_MAX_MS);
  }

  /** Orders under way that requests wait for, from one signer set or from all. */
  #requestOrders(use?: InUse): readonly Order[] {
    const key = use === undefined ? undefined : shelfKey(use.shelf);
    return [...this.#orders.values()].filter(
      ({ purpose, shelf }) => purpose === 'request' && (key === undefined || shelf === key),
    );
  }

  /** Requests that wait and have no order under way; below 0 if refills have served some that have. */
  #unordered(use: InUse): number {
    return use.waiting.length - this.#requestOrders(use).reduce((sum, { count }) => sum + count, 0);
  }

  #use({ scheme, signers }: Shelf): InUse {
    // Only these: what is given is a whole request, which must not live on here.
    const shelf = { scheme, signers };
    const key = shelfKey(shelf);
    const known = this.#inUse.get(key);
    if (known !== undefined) return known;
    if (this.#inUse.size >= STOCK_SHELVES_MAX) this.#forgetLongestUnused();
    const use = {
      ...{ shelf, demand: new Demand(this.#modules.clock), waiting: [], orderedBy: 0, refilledBy: 0 },
      ...{ pauseMs: REFILL_PAUSE_MIN_MS, pausedUntil: 0 },
    };
    this.#inUse.set(key, use);
    return use;
  }

  #forgetLongestUnused(): void {
    const idle = [...this.#inUse].filter(([, { waiting }]) => waiting.length === 0);
    const [oldest] = idle.sort(([, a], [, b]) => a.demand.lastAt - b.demand.lastAt);
    if (oldest !== undefined) this.#inUse.delete(oldest[0]);
  }

  #makeNow(use: InUse): Promise<Preparation> {
    this.#awaited += 1;
    const made = new Promise<Preparation>((resolve, reject) => use.waiting.push({ resolve, reject }));
    this.#orderForWaiting();
    return made.finally(() => {
      this.#awaited -= 1;
    });
  }

  /**
   * Orders for requests that wait, in turn of signer sets, as far as there are places. More batches at once would be
   * refused by peers, and would not be done sooner.
   */
  #orderForWaiting(): void {
    while (!this.#isClosed && this.#requestOrders().length < REQUEST_ORDERS_MAX) {
      const unserved = [...this.#inUse.values()].filter((use) => this.#unordered(use) > 0 && this.#mayOrder(use));
      const [next] = unserved.sort((a, b) => a.orderedBy - b.orderedBy);
      if (next === undefined) return;
      next.orderedBy = this.#order(next, Math.min(this.#unordered(next), STOCK_BATCH_ITEMS), 'request');
    }
  }

  /** After a failure one place is enough until a batch succeeds: who keeps a set waiting must not take them all. */
  #mayOrder(use: InUse): boolean {
    return use.pauseMs === REFILL_PAUSE_MIN_MS || this.#requestOrders(use).length === 0;
  }

  /** Orders the next batch, if none is under way: in turn of all that are short, so that a busy one starves no other. */
  #refill(): void {
    if (this.#isRefilling || this.#isClosed) return;
    const now = this.#modules.clock.now();
    let soonest = Number.POSITIVE_INFINITY;
    const short: InUse[] = [];
    for (const [key, use] of this.#inUse) {
      if (now - use.demand.lastAt > STOCK_USE_WINDOW_MS && use.waiting.length === 0) this.#inUse.delete(key);
      const from = this.#refillsFrom(use);
      if (from > now) soonest = Math.min(soonest, from);
      else short.push(use);
    }
    const [next] = short.sort((a, b) => a.refilledBy - b.refilledBy);
    if (next !== undefined) {
      this.#isRefilling = true;
      next.refilledBy = this.#order(next, STOCK_BATCH_ITEMS, 'refill');
    } else if (soonest < Number.POSITIVE_INFINITY) {
      this.#timer?.cancel();
      this.#timer = this.#modules.clock.setTimer(soonest - now, () => this.#refill());
    }
  }

  /**
   * When a shelf may be refilled: never if it has what is wanted. While requests come, they have the processor, and only
   * what is below an eighth is refilled; a quiet time is for all of it, because the next burst says nothing before it comes.
   */
  #refillsFrom(use: InUse): number {
    const { low, high } = this.#watermarks;
    const wanted = Math.min(high, Math.max(low, 3 * use.demand.recent));
    const stocked = this.#modules.stock.count(this.#self, use.shelf);
    if (stocked >= wanted) return Number.POSITIVE_INFINITY;
    return Math.max(use.pausedUntil, 8 * stocked < wanted ? 0 : this.#requestedAt + REFILL_QUIET_MS);
  }

  #order({ shelf }: InUse, count: number, purpose: Order['purpose']): number {
    const order = this.#modules.nextOrder();
    this.#orders.set(order, { shelf: shelfKey(shelf), count, purpose });
    this.#modules.make({ order, ...shelf, count });
    return order;
  }
}

function overloaded(): NodeError {
  return new NodeError('Too many requests wait for preparations to be made.', {
    code: 'stock/overloaded',
    fault: 'environment',
    hint: 'Send the request again in a moment, or to another signer set.',
  });
}
