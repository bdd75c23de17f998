import type { PartyIndex } from '@keymesh/foundation';

/**
 * Broadcast to the participants of one execution in which nobody can tell two stories unseen: every message is signed
 * by its author, everybody relays what is new to everybody, and two different messages of one author for one round
 * are proof against it. Implemented by `SignedBroadcast` over a `Messenger`.
 */
export interface Broadcast {
  /** Sends this party's message for a round. Once per round. */
  publish(round: number, body: Uint8Array): void;
  /** Each author's message for each round, once; also what arrived before the handler was set. */
  onDeliver(handler: (author: PartyIndex, round: number, body: Uint8Array) => void): void;
  /** Two signed messages for one round: the author is proven to have equivocated. Fires once per author. */
  onEquivocation(handler: (author: PartyIndex, round: number) => void): void;
  /** Ends it: nothing is sent or delivered any more. */
  close(): void;
}
