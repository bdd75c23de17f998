import { equalBytes, type PartyIndex } from '@keymesh/foundation';
import { refusedMessage } from './errors.ts';

/**
 * At most one message for each round and party, each of the exact length that its round has. Lengths are checked on
 * arrival, content when the round is worked off.
 */
export class Inbox {
  readonly #self: PartyIndex;
  readonly #peers: readonly PartyIndex[];
  readonly #lengths: readonly number[];
  readonly #rounds: readonly Map<PartyIndex, Uint8Array>[];

  /** @param lengths of the messages of rounds 1, 2, … Bytes. */
  constructor(self: PartyIndex, peers: readonly PartyIndex[], lengths: readonly number[]) {
    this.#self = self;
    this.#peers = peers;
    this.#lengths = lengths;
    this.#rounds = lengths.map(() => new Map());
  }

  /** @throws ThresholdError `ecdsa/unexpected-message`, `ecdsa/equivocation`, `ecdsa/malformed-message`. */
  receive(from: PartyIndex, round: number, body: Uint8Array): void {
    // A reliable broadcast delivers one's own message too.
    if (from === this.#self) return;
    const received = this.#rounds[round - 1];
    const isPeer = this.#peers.includes(from);
    if (received === undefined || !isPeer) {
      const what = isPeer ? 'a message for a round that does not exist' : 'a message but does not take part';
      throw refusedMessage('ecdsa/unexpected-message', what, { from, round, blame: isPeer });
    }
    const earlier = received.get(from);
    if (earlier !== undefined) {
      if (equalBytes(earlier, body)) return;
      throw refusedMessage('ecdsa/equivocation', 'two different messages for one round', { from, round });
    }
    if (body.length !== this.#lengths[round - 1]) {
      throw refusedMessage('ecdsa/malformed-message', 'a message of the wrong length', { from, round });
    }
    received.set(from, body.slice());
  }

  missing(round: number): readonly PartyIndex[] {
    return this.#peers.filter((peer) => !this.#rounds[round - 1]?.has(peer));
  }

  /** The message of a peer that is not missing. */
  get(round: number, from: PartyIndex): Uint8Array {
    return this.#rounds[round - 1]?.get(from) as Uint8Array;
  }
}
