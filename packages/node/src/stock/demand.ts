import type { Clock } from '@keymesh/foundation';
import { STOCK_DEMAND_WINDOW_MS } from './limits.ts';

/** Slices of the window: the count is exact to one of them. */
const SLICES = 12;
const SLICE_MS = STOCK_DEMAND_WINDOW_MS / SLICES;

/** How many requests there were lately, in constant memory. */
export class Demand {
  readonly #clock: Clock;
  readonly #slices = new Array<number>(SLICES).fill(0);
  #slice: number;
  /** Clock time of the last request. */
  lastAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.lastAt = clock.now();
    this.#slice = Math.floor(this.lastAt / SLICE_MS);
  }

  note(): void {
    this.#roll();
    this.lastAt = this.#clock.now();
    const at = this.#slice % SLICES;
    this.#slices[at] = (this.#slices[at] ?? 0) + 1;
  }

  /** Requests in the last `STOCK_DEMAND_WINDOW_MS`. */
  get recent(): number {
    this.#roll();
    return this.#slices.reduce((sum, count) => sum + count, 0);
  }

  #roll(): void {
    const now = Math.floor(this.#clock.now() / SLICE_MS);
    const passed = Math.min(now - this.#slice, SLICES);
    for (let i = 1; i <= passed; i++) this.#slices[(this.#slice + i) % SLICES] = 0;
    if (now > this.#slice) this.#slice = now;
  }
}
