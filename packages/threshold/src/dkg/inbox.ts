import { equalBytes, type PartyIndex } from '@keymesh/foundation';
import { refusedMessage } from './errors.ts';
import {
  type CommitMessage,
  type ConfirmMessage,
  type DealMessage,
  decodeCommit,
  decodeConfirm,
  decodeDeal,
  decodeVerdict,
  messageBytesMax,
  ROUND,
  ROUNDS,
  type VerdictMessage,
} from './messages.ts';
import type { KeyGenerationParameters } from './types.ts';
import { digestMessage } from './view.ts';

const DECODERS = [decodeCommit, decodeDeal, decodeVerdict, decodeConfirm] as const;

export interface MessageByRound {
  1: CommitMessage;
  2: DealMessage;
  3: VerdictMessage;
  4: ConfirmMessage;
}
export type Round = keyof MessageByRound;

/** One author's message of one round. The content of a malformed one is not kept, its digest is. */
export interface Received<T> {
  readonly digest: Uint8Array;
  readonly content: T | undefined;
}

/**
 * What was broadcast, at most one message for each participant and round. A malformed message counts as spoken: since
 * everybody received the same bytes, everybody convicts its author, and nobody has to wait for a better one.
 */
export class Inbox {
  readonly #parameters: KeyGenerationParameters;
  readonly #rounds: ReadonlyMap<number, Map<PartyIndex, Received<unknown>>> = new Map(
    ROUNDS.map((_, i) => [i + 1, new Map()]),
  );

  constructor(parameters: KeyGenerationParameters) {
    this.#parameters = parameters;
  }

  /**
   * @throws ThresholdError `dkg/unexpected-message`, `dkg/equivocation`; and after the message was noted,
   *   `dkg/message-too-large` or `dkg/malformed-message`.
   */
  receive(from: PartyIndex, round: number, body: Uint8Array): void {
    const { executionId, participants, self } = this.#parameters;
    const received = this.#rounds.get(round);
    const isParticipant = participants.includes(from);
    if (received === undefined || !isParticipant) {
      const what = isParticipant ? 'a message for a round that does not exist' : 'a message but is not a participant';
      throw refusedMessage('dkg/unexpected-message', what, { from, round, blame: isParticipant });
    }
    const digest = digestMessage(executionId, from, round, body);
    const earlier = received.get(from);
    if (earlier !== undefined && equalBytes(earlier.digest, digest)) return;
    if (from === self) {
      const what = 'what this party never said';
      throw refusedMessage('dkg/unexpected-message', what, { from, round, blame: false });
    }
    if (earlier !== undefined) {
      throw refusedMessage('dkg/equivocation', 'two different messages for one round', { from, round });
    }
    this.#note(received, { from, round, body, digest });
  }

  /** Notes what this party sends. */
  record(round: Round, body: Uint8Array): void {
    const { executionId, self } = this.#parameters;
    const digest = digestMessage(executionId, self, round, body);
    this.#note(this.#round(round), { from: self, round, body, digest });
  }

  missing(round: number, authors: readonly PartyIndex[]): readonly PartyIndex[] {
    const received = this.#round(round);
    return authors.filter((author) => !received.has(author));
  }

  /** The message of an author that is not missing. Its content is undefined if it was malformed. */
  get<R extends Round>(round: R, author: PartyIndex): Received<MessageByRound[R]> {
    return this.#round(round).get(author) as Received<MessageByRound[R]>;
  }

  #round(round: number): Map<PartyIndex, Received<unknown>> {
    return this.#rounds.get(round) as Map<PartyIndex, Received<unknown>>;
  }

  #note(
    received: Map<PartyIndex, Received<unknown>>,
    message: {
      readonly from: PartyIndex;
      readonly round: number;
      readonly body: Uint8Array;
      readonly digest: Uint8Array;
    },
  ): void {
    const { from, round, body, digest } = message;
    if (body.length > messageBytesMax(this.#parameters, round)) {
      received.set(from, { digest, content: undefined });
      throw refusedMessage('dkg/message-too-large', 'a message larger than allowed', { from, round });
    }
    const decode = DECODERS[round - ROUND.commit] as (typeof DECODERS)[number];
    try {
      received.set(from, { digest, content: decode(this.#parameters, body) });
    } catch (cause) {
      received.set(from, { digest, content: undefined });
      throw refusedMessage('dkg/malformed-message', 'a malformed message', { from, round, cause });
    }
  }
}
