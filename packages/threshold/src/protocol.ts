import type { PartyIndex } from '@keymesh/foundation';

/**
 * A multi-party protocol as a pure state machine (shape: round-based's `ProceedResult`, near/mpc's `Action`).
 * The driver pokes, does what the step says, delivers messages, and pokes again. A protocol never awaits, never reads
 * a clock and takes its randomness as an argument.
 */
export type Step<Output> =
  /**
   * Send `body`. `reliable` says that the protocol is only sound if all honest parties receive the same bytes: the
   * driver must sign, relay and compare it.
   */
  | {
      readonly kind: 'send';
      readonly to: PartyIndex | 'all';
      readonly reliable: boolean;
      readonly round: number;
      readonly body: Uint8Array;
    }
  /** Nothing to do before messages of these parties for this round arrive. */
  | { readonly kind: 'wait'; readonly round: number; readonly missing: readonly PartyIndex[] }
  | { readonly kind: 'done'; readonly output: Output };

export interface Protocol<Output> {
  /** Advances as far as it can. Each `send` is returned once. @throws KeymeshError; with fault `peer` it names the culprits, and the run is over. */
  poke(): Step<Output>;
  /**
   * Delivers one authenticated message. Messages of later rounds are kept. A repeat of the same bytes is ignored;
   * other bytes for a round that the sender has already spoken in are equivocation.
   * @throws KeymeshError with the culprit for a malformed or contradictory message; the run goes on unless `poke` says otherwise.
   */
  receive(from: PartyIndex, round: number, body: Uint8Array): void;
}
