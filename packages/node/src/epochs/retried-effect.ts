import { type Clock, type KeymeshError, type Timer, toKeymeshError } from '@keymesh/foundation';
import { EpochError } from './errors.ts';
import { TRANSACTION_BACKOFF_FIRST_MS, TRANSACTION_BACKOFF_MAX_MS, TRANSACTION_REFUSALS_MAX } from './limits.ts';

export interface RetriedEffectOptions {
  readonly clock: Clock;
  /** Does it once; rejects or throws when it failed. */
  readonly perform: () => Promise<void> | void;
  /** Whether the chain, as last seen, still lacks the effect. Asked before every try. */
  readonly wanted: () => boolean;
  readonly onDone: () => void;
  /** `retryInMs` is undefined when it is given up. */
  readonly onFailure: (error: KeymeshError, retryInMs: number | undefined) => void;
}

/**
 * An effect that must happen in a world where transactions fail: one try at a time, pauses that double, an end when
 * the contract itself refuses again and again. A success is checked too: a transaction can be mined and then vanish
 * with its block, so the effect is tried again if it is still wanted after the longest pause.
 */
export class RetriedEffect {
  readonly #options: RetriedEffectOptions;
  #timer: Timer | undefined;
  #pauseMs = TRANSACTION_BACKOFF_FIRST_MS;
  #refusals = 0;
  #state: 'idle' | 'performing' | 'pausing' | 'ended' = 'idle';

  constructor(options: RetriedEffectOptions) {
    this.#options = options;
  }

  /** Begins; a second call does nothing. */
  start(): void {
    if (this.#state === 'idle') this.#try();
  }

  cancel(): void {
    this.#state = 'ended';
    this.#timer?.cancel();
  }

  #try(): void {
    if (!this.#options.wanted()) {
      this.#state = 'ended';
      return;
    }
    this.#state = 'performing';
    let performed: Promise<void> | void;
    try {
      performed = this.#options.perform();
    } catch (thrown) {
      this.#failed(toKeymeshError(thrown));
      return;
    }
    if (performed === undefined) this.#succeeded();
    else
      performed.then(
        () => this.#succeeded(),
        (thrown: unknown) => this.#failed(toKeymeshError(thrown)),
      );
  }

  #succeeded(): void {
    if (this.#state !== 'performing') return;
    this.#options.onDone();
    if (!this.#options.wanted()) {
      this.#state = 'ended';
      return;
    }
    this.#pause(TRANSACTION_BACKOFF_MAX_MS, () => {
      if (this.#options.wanted()) this.#failed(notCounted());
      else this.#state = 'ended';
    });
  }

  #failed(error: KeymeshError): void {
    if (this.#state === 'ended') return;
    if (!this.#options.wanted()) {
      // Somebody else was faster, e.g. with `advanceEpoch`: refused, and nothing is lost.
      this.#state = 'ended';
      return;
    }
    if (error.fault !== 'environment') this.#refusals += 1;
    if (this.#refusals >= TRANSACTION_REFUSALS_MAX) {
      this.#state = 'ended';
      this.#options.onFailure(error, undefined);
      return;
    }
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(2 * pauseMs, TRANSACTION_BACKOFF_MAX_MS);
    this.#options.onFailure(error, pauseMs);
    this.#pause(pauseMs, () => this.#try());
  }

  #pause(delayMs: number, then: () => void): void {
    this.#state = 'pausing';
    this.#timer = this.#options.clock.setTimer(delayMs, () => {
      if (this.#state === 'pausing') then();
    });
  }
}

function notCounted(): EpochError {
  return new EpochError('A transaction was mined but the chain does not show its effect.', {
    code: 'epochs/not-counted',
    fault: 'environment',
    hint: 'A block may have been replaced; it is sent again.',
  });
}
