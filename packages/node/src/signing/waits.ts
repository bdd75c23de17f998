import type { Clock, Timer } from '@keymesh/foundation';
import { SIGNING_PREPARING_TIMEOUT_MS, SIGNING_STEP_TIMEOUT_MS } from './limits.ts';

/** One timer, which a new one replaces. */
export class Wait {
  #timer: Timer | undefined;

  arm(clock: Clock, delayMs: number, fire: () => void): void {
    this.cancel();
    this.#timer = clock.setTimer(delayMs, fire);
  }

  cancel(): void {
    this.#timer?.cancel();
  }
}

/** The timers of one signing request. Begins with the wait for a first step. */
export class Waits {
  readonly #clock: Clock;
  readonly #timedOut: () => void;
  /** What ends it when nothing more comes. */
  readonly #step = new Wait();
  /** What ends it in any case: a leader could say for ever that it is at work. */
  readonly #deadline = new Wait();
  readonly #pulse = new Wait();

  constructor(clock: Clock, timedOut: () => void) {
    this.#clock = clock;
    this.#timedOut = timedOut;
    this.#deadline.arm(clock, SIGNING_PREPARING_TIMEOUT_MS + SIGNING_STEP_TIMEOUT_MS, timedOut);
    this.awaits(SIGNING_STEP_TIMEOUT_MS);
  }

  /** Another step is waited for, so long at most; what was done meanwhile ends. Milliseconds. */
  awaits(limitMs: number): void {
    this.#pulse.cancel();
    this.#step.arm(this.#clock, limitMs, this.#timedOut);
  }

  /** Does something now and every so often, until another step is waited for. Milliseconds. */
  meanwhile(intervalMs: number, act: () => void): void {
    act();
    this.#pulse.arm(this.#clock, intervalMs, () => this.meanwhile(intervalMs, act));
  }

  cancel(): void {
    for (const wait of [this.#step, this.#deadline, this.#pulse]) wait.cancel();
  }
}
