import type { Clock, Timer } from '@keymesh/foundation';
import { LOG_PROGRESS_INTERVAL_MS } from './limits.ts';

/** Tells a client what its program logs while it runs, some at a time: each telling is sealed and sent. */
export class LogProgress {
  readonly #clock: Clock;
  readonly #tell: (logs: string) => void;
  #waiting = '';
  #timer: Timer | undefined;

  constructor(clock: Clock, tell: (logs: string) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  add(text: string): void {
    this.#waiting += text;
    this.#timer ??= this.#clock.setTimer(LOG_PROGRESS_INTERVAL_MS, () => {
      this.#timer = undefined;
      this.#tell(this.#waiting);
      this.#waiting = '';
    });
  }

  /** The answer has all logs. */
  stop(): void {
    this.#timer?.cancel();
  }
}
