import type { Clock, Timer } from '@keymesh/foundation';
import { ActionError } from '../errors.ts';
import { RUNS_WAITING_MAX, SANDBOX_REFILL_DELAY_MS, SANDBOXES_RUNNING_MAX } from '../limits.ts';
import type { Sandbox } from './sandbox.ts';

export interface SandboxPoolOptions {
  /** Sandboxes that wait for a program, started ahead. */
  readonly size: number;
  readonly start: () => Sandbox;
  readonly clock: Clock;
}

/** Sandboxes that are started ahead, each for one program. */
export class SandboxPool {
  readonly #options: SandboxPoolOptions;
  readonly #idle: Sandbox[] = [];
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #refill: Timer | undefined;
  #isClosed = false;

  constructor(options: SandboxPoolOptions) {
    this.#options = options;
    for (let i = 0; i < options.size; i++) this.#idle.push(options.start());
  }

  /** Sandboxes that wait for a program. */
  get idle(): number {
    return this.#idle.length;
  }

  /** Programs that run. */
  get running(): number {
    return this.#running;
  }

  /**
   * Runs one thing with a sandbox of its own, which is killed afterwards. A child takes no second place: its parent
   * waits for it, and all places could be held by parents.
   * @throws ActionError `actions/overloaded`, `actions/sandbox-failed`; what `use` throws.
   */
  async with<T>(use: (sandbox: Sandbox) => Promise<T>, isChild = false): Promise<T> {
    if (!isChild) await this.#place();
    const sandbox = this.#take();
    try {
      await sandbox.ready;
      return await use(sandbox);
    } finally {
      sandbox.kill();
      if (!isChild) this.#leave();
    }
  }

  /** Ends all that wait; those that run are killed by whoever runs them. */
  close(): void {
    this.#isClosed = true;
    this.#refill?.cancel();
    for (const sandbox of this.#idle.splice(0)) sandbox.kill();
  }

  async #place(): Promise<void> {
    if (this.#running < SANDBOXES_RUNNING_MAX) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= RUNS_WAITING_MAX) {
      throw new ActionError('Too many programs wait for a sandbox.', {
        code: 'actions/overloaded',
        fault: 'environment',
        hint: 'Send the request again in a moment.',
      });
    }
    // Whoever leaves hands its place on.
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }

  #take(): Sandbox {
    this.#refillSoon();
    for (let ready = this.#idle.shift(); ready !== undefined; ready = this.#idle.shift()) {
      if (!ready.isOver) return ready;
    }
    return this.#options.start();
  }

  #refillSoon(): void {
    if (this.#isClosed) return;
    this.#refill?.cancel();
    this.#refill = this.#options.clock.setTimer(SANDBOX_REFILL_DELAY_MS, () => {
      if (this.#isClosed || this.#idle.length >= this.#options.size) return;
      this.#idle.push(this.#options.start());
      this.#refillSoon();
    });
  }
}
