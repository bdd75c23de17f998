import type { Clock, Timer } from '@keymesh/foundation';

/**
 * One life of a process, from boot to kill. What a dead process had scheduled never happens, what it asked for is never
 * answered, and what it still tries to do ends in `ProcessKilled`, which nothing catches on purpose.
 */
export class ProcessLife {
  readonly #clock: Clock;
  #alive = true;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isAlive(): boolean {
    return this.#alive;
  }

  kill(): void {
    this.#alive = false;
  }

  /** The clock as this process sees it. */
  get clock(): Clock {
    return {
      now: () => this.#clock.now(),
      setTimer: (delayMs, fire): Timer => this.#clock.setTimer(delayMs, () => this.guard(fire)),
    };
  }

  /** Runs code of the process unless it is dead; a kill in the middle ends it there. */
  guard(run: () => void): void {
    if (!this.#alive) return;
    try {
      run();
    } catch (thrown) {
      if (!(thrown instanceof ProcessKilled)) throw thrown;
    }
  }

  /** A promise that settles for the living only. */
  answer<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => {
          if (this.#alive) resolve(value);
        },
        (error: unknown) => {
          if (this.#alive) reject(error);
        },
      );
    });
  }
}

/** Thrown inside a durable write at which the process is killed. */
export class ProcessKilled {}
