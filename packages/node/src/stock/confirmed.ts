import { equalBytes, type PartyIndex } from '@keymesh/foundation';
import type { Step } from '@keymesh/threshold';
import type { AbandonableProtocol } from '@keymesh/threshold/ecdsa';
import { NodeError } from '../errors.ts';
import { confirmationOf } from './messages.ts';
import { discard, type Preparation } from './preparation.ts';

/** The round of the confirmations, behind every round of a batch's own protocol. */
export const CONFIRM_ROUND = 15;

/**
 * A batch with a last round in which all signers confirm what they have. A signer that published different values to
 * different others has made halves that do not fit; the hashes of all public halves then differ, and nothing of the
 * batch is used.
 */
export class Confirmed implements AbandonableProtocol<readonly Preparation[]> {
  readonly #batch: AbandonableProtocol<readonly Preparation[]>;
  readonly #run: Uint8Array;
  readonly #peers: readonly PartyIndex[];
  readonly #received = new Map<PartyIndex, Uint8Array>();
  #made: readonly Preparation[] | undefined;
  #own: Uint8Array | undefined;

  /** @param peers the other signers. */
  constructor(batch: AbandonableProtocol<readonly Preparation[]>, run: Uint8Array, peers: readonly PartyIndex[]) {
    this.#batch = batch;
    this.#run = run;
    this.#peers = peers;
  }

  poke(): Step<readonly Preparation[]> {
    if (this.#own === undefined || this.#made === undefined) {
      const step = this.#batch.poke();
      if (step.kind !== 'done') return step;
      this.#made = step.output;
      const ids = step.output.map(({ id }) => id);
      this.#own = confirmationOf(this.#run, ids);
      return { kind: 'send', to: 'all', reliable: false, round: CONFIRM_ROUND, body: this.#own };
    }
    for (const [party, confirmation] of this.#received) {
      if (!equalBytes(confirmation, this.#own)) throw differs(party);
    }
    const missing = this.#peers.filter((peer) => !this.#received.has(peer));
    if (missing.length > 0) return { kind: 'wait', round: CONFIRM_ROUND, missing };
    const output = this.#made;
    this.#made = [];
    return { kind: 'done', output };
  }

  receive(from: PartyIndex, round: number, body: Uint8Array): void {
    if (round !== CONFIRM_ROUND) this.#batch.receive(from, round, body);
    else if (!this.#received.has(from)) this.#received.set(from, body);
  }

  abandon(): void {
    this.#batch.abandon();
    for (const preparation of this.#made ?? []) discard(preparation);
    this.#made = [];
  }
}

function differs(claimant: PartyIndex): NodeError {
  return new NodeError('The signers of a batch have different results.', {
    code: 'stock/different-results',
    fault: 'peer',
    hint: 'One of them told different things to the others, or claims to have something else; nothing proves who.',
    details: { claimant },
  });
}
