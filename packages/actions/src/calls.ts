import type { Clock } from '@keymesh/foundation';
import { toKeymeshError } from '@keymesh/foundation';
import { packBytes } from './bridge-values.ts';
import { CallWindow } from './call-window.ts';
import { type ActionError, limitExceeded } from './errors.ts';
import { GUEST_CALLS_MAX, GUEST_CALLS_PENDING_MAX } from './limits.ts';
import type { ProgramObserver } from './recording/recording.ts';
import type { Sandbox } from './sandbox/sandbox.ts';

interface CallHandling {
  readonly perform: (op: unknown, args: unknown) => Promise<unknown>;
  readonly flooded: (error: ActionError) => void;
  readonly clock: Clock;
  readonly answered: ProgramObserver['answered'] | undefined;
}

/** The calls of one sandbox that wait for their answers. */
export class Calls {
  readonly #sandbox: Sandbox;
  readonly #handling: CallHandling;
  readonly #window: CallWindow;
  #pending = 0;
  #total = 0;

  constructor(sandbox: Sandbox, handling: CallHandling) {
    this.#sandbox = sandbox;
    this.#window = new CallWindow(handling.clock);
    this.#handling = handling;
  }

  receive(id: number, op: unknown, args: unknown): void {
    this.#pending += 1;
    this.#total += 1;
    if (this.#pending > GUEST_CALLS_PENDING_MAX) {
      this.#handling.flooded(limitExceeded('GUEST_CALLS_PENDING_MAX', GUEST_CALLS_PENDING_MAX, 'calls at one time'));
      return;
    }
    if (this.#total > GUEST_CALLS_MAX) {
      this.#handling.flooded(limitExceeded('GUEST_CALLS_MAX', GUEST_CALLS_MAX, 'calls in one run'));
      return;
    }
    if (this.#window.take()) this.#answer(id, op, args);
    else this.#window.wait(() => this.#answer(id, op, args));
  }

  #answer(id: number, op: unknown, args: unknown): void {
    // What a program asked for and did not live to see is not done any more.
    if (this.#sandbox.isOver) return;
    this.#handling.perform(op, args).then(
      (value) => this.#settle(id, { value: packBytes(value) }),
      (thrown: unknown) => this.#settle(id, { error: toKeymeshError(thrown).toJSON() }),
    );
  }

  #settle(id: number, answer: Parameters<Sandbox['answer']>[1]): void {
    this.#pending -= 1;
    this.#handling.answered?.(id, answer);
    this.#sandbox.answer(id, answer);
  }
}
