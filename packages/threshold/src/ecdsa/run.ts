import type { PartyIndex } from '@keymesh/foundation';
import type { ThresholdError } from '../errors.ts';
import type { Protocol, Step } from '../protocol.ts';
import { abandoned } from './errors.ts';
import type { Inbox } from './inbox.ts';

/** One outgoing message. */
export type Outgoing = Extract<Step<never>, { kind: 'send' }>;

/** A protocol that its driver may give up, so that its secrets are forgotten. */
export interface AbandonableProtocol<Output> extends Protocol<Output> {
  /** `poke` throws `ecdsa/abandoned` from then on. A finished run has no secrets but its output. */
  abandon(): void;
}

/**
 * The life of a run whose rounds are all alike: speak, wait for everybody, work off what came, speak again. A subclass
 * has the rounds. The first failure ends the run, and `forget` is called once at its end.
 */
export abstract class RoundRun<Output> implements AbandonableProtocol<Output> {
  /** The round whose messages are awaited; 0 before the first. */
  #round = 0;
  #outbox: Outgoing[] = [];
  #output: Output | undefined;
  #failure: unknown;

  protected abstract readonly inbox: Inbox;
  protected abstract readonly lastRound: number;
  protected abstract readonly self: PartyIndex;
  /** Works off the messages of the round before, and gives this party's messages of `round`. */
  protected abstract speak(round: number): Outgoing[];
  /** Works off the messages of the last round. */
  protected abstract finish(): Output;
  /** Drops what the run knows. Called at its end, however it ends. */
  protected abstract forget(): void;

  poke(): Step<Output> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#output !== undefined) return { kind: 'done', output: this.#output };
    try {
      return this.#advance();
    } catch (thrown) {
      this.#fail(thrown);
      throw thrown;
    }
  }

  receive(from: PartyIndex, round: number, body: Uint8Array): void {
    if (this.#failure !== undefined || this.#output !== undefined) return;
    try {
      this.inbox.receive(from, round, body);
    } catch (thrown) {
      // Nothing valid can follow from this party, and the run needs everybody.
      if ((thrown as ThresholdError).code === 'ecdsa/malformed-message') this.#fail(thrown);
      throw thrown;
    }
  }

  abandon(): void {
    if (this.#failure === undefined && this.#output === undefined) this.#fail(abandoned());
  }

  toString(): string {
    return `${this.constructor.name}(party ${this.self}, round ${this.#round})`;
  }
  toJSON(): { readonly party: PartyIndex; readonly round: number } {
    return { party: this.self, round: this.#round };
  }

  #advance(): Step<Output> {
    const next = this.#outbox.shift();
    if (next !== undefined) return next;
    const missing = this.#round === 0 ? [] : this.inbox.missing(this.#round);
    if (missing.length > 0) return { kind: 'wait', round: this.#round, missing };
    if (this.#round === this.lastRound) {
      this.#output = this.finish();
      this.forget();
      return { kind: 'done', output: this.#output };
    }
    this.#outbox = this.speak(this.#round + 1);
    this.#round++;
    return this.#outbox.shift() as Outgoing;
  }

  #fail(thrown: unknown): void {
    this.#failure = thrown;
    this.#outbox = [];
    this.forget();
  }
}
