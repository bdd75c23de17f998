import type { Clock } from '@keymesh/foundation';
import { GUEST_CALLS_PER_WINDOW_MAX, GUEST_CALLS_WINDOW_MS } from './limits.ts';

/** Spreads the calls of one program over time: so many in each window, in the order in which they came. */
export class CallWindow {
  readonly #clock: Clock;
  readonly #waiting: (() => void)[] = [];
  #left = GUEST_CALLS_PER_WINDOW_MAX;
  #startedAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether one more is answered now. */
  take(): boolean {
    const now = this.#clock.now();
    if (now - this.#startedAt >= GUEST_CALLS_WINDOW_MS && this.#waiting.length === 0) this.#begin(now);
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }

  /** Calls back in one of the next windows. */
  wait(answer: () => void): void {
    this.#waiting.push(answer);
    if (this.#waiting.length > 1) return;
    const delayMs = Math.max(1, this.#startedAt + GUEST_CALLS_WINDOW_MS - this.#clock.now());
    this.#clock.setTimer(delayMs, () => this.#next());
  }

  #begin(now: number): void {
    this.#startedAt = now;
    this.#left = GUEST_CALLS_PER_WINDOW_MAX;
  }

  #next(): void {
    this.#begin(this.#clock.now());
    const ready = this.#waiting.splice(0, GUEST_CALLS_PER_WINDOW_MAX);
    this.#left -= ready.length;
    if (this.#waiting.length > 0) this.#clock.setTimer(GUEST_CALLS_WINDOW_MS, () => this.#next());
    for (const answer of ready) answer();
  }
}
