import { type Clock, Gate, type Timer } from '@keymesh/foundation';
import { ActionError } from '../errors.ts';
import { RUNS_WAITING_MAX, SANDBOX_REFILL_DELAY_MS, SANDBOXES_STARTING_MAX } from '../limits.ts';
import type { Sandbox } from './sandbox.ts';

export interface SandboxPoolOptions {
  /** Sandboxes that wait for a program, started ahead. */
  readonly size: number;
  /** Programs that run at one time; more wait. */
  readonly runningMax: number;
  readonly start: () => Sandbox;
  readonly clock: Clock;
}

/** Sandboxes that are started ahead, each for one program. */
export class SandboxPool {
  readonly #options: SandboxPoolOptions;
  readonly #idle: Sandbox[] = [];
  /** All of which something is left on the machine. */
  readonly #present = new Set<Sandbox>();
  readonly #places: Gate;
  readonly #starts = new Gate(SANDBOXES_STARTING_MAX);
  readonly #refills = new Set<Timer>();
  #refilling = 0;
  #isClosed = false;

  constructor(options: SandboxPoolOptions) {
    this.#options = options;
    this.#places = new Gate(options.runningMax);
    for (let i = 0; i < options.size; i++) this.#idle.push(this.#begin());
  }

  /** Sandboxes that wait for a program. */
  get idle(): number {
    return this.#idle.length;
  }

  /** Programs that run. */
  get running(): number {
    return this.#places.inUse;
  }

  /**
   * Runs one thing with a sandbox of its own, which is killed afterwards. A child takes no second place: its parent
   * waits for it, and all places could be held by parents.
   * @throws ActionError `actions/overloaded`, `actions/sandbox-failed`; what `use` throws.
   */
  async with<T>(use: (sandbox: Sandbox) => Promise<T>, isChild = false): Promise<T> {
    if (!isChild) await this.#place();
    try {
      return await this.#use(use);
    } finally {
      if (!isChild) this.#places.leave();
    }
  }

  async #use<T>(use: (sandbox: Sandbox) => Promise<T>): Promise<T> {
    const sandbox = await this.#take();
    try {
      await sandbox.ready;
      return await use(sandbox);
    } finally {
      sandbox.kill();
    }
  }

  /** Ends all that wait, and waits until those that ended are gone; those that run are killed by whoever runs them. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#refills) timer.cancel();
    for (const sandbox of this.#idle.splice(0)) sandbox.kill();
    await Promise.all([...this.#present].filter(({ isOver }) => isOver).map(({ gone }) => gone));
  }

  #begin(): Sandbox {
    const sandbox = this.#options.start();
    this.#present.add(sandbox);
    void sandbox.gone.then(() => this.#present.delete(sandbox));
    return sandbox;
  }

  async #place(): Promise<void> {
    if (this.#places.waiting < RUNS_WAITING_MAX) return this.#places.enter();
    throw new ActionError('Too many programs wait for a sandbox.', {
      code: 'actions/overloaded',
      fault: 'environment',
      hint: 'Send the request again in a moment.',
    });
  }

  async #take(): Promise<Sandbox> {
    this.#refillSoon();
    for (let ready = this.#idle.shift(); ready !== undefined; ready = this.#idle.shift()) {
      if (!ready.isOver) return ready;
    }
    return this.#start();
  }

  async #start(): Promise<Sandbox> {
    await this.#starts.enter();
    const leave = (): void => this.#starts.leave();
    try {
      const sandbox = this.#begin();
      sandbox.ready.then(leave, leave);
      return sandbox;
    } catch (thrown) {
      leave();
      throw thrown;
    }
  }

  /** One for each that was taken: so the pool fills as fast as it empties. */
  #refillSoon(): void {
    if (this.#isClosed) return;
    const timer = this.#options.clock.setTimer(SANDBOX_REFILL_DELAY_MS, () => {
      this.#refills.delete(timer);
      if (this.#idle.length + this.#refilling >= this.#options.size) return;
      // Those that programs wait for come first.
      if (this.#starts.waiting > 0) this.#refillSoon();
      else void this.#refill();
    });
    this.#refills.add(timer);
  }

  async #refill(): Promise<void> {
    this.#refilling += 1;
    try {
      const sandbox = await this.#start();
      if (this.#isClosed) sandbox.kill();
      else this.#idle.push(sandbox);
    } catch {
      // A program that finds none starts its own, and is told why that cannot be.
    } finally {
      this.#refilling -= 1;
    }
  }
}
