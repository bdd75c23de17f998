import type { PartyIndex } from '@keymesh/foundation';
import type { NonceCommitmentMessage } from '@keymesh/protocol/routes';
import type { FrostScheme } from '@keymesh/threshold/frost';
import { COMMITMENT_MARGIN_MS, COMMITMENTS_KEPT_MAX } from '../limits.ts';

/**
 * Nonce commitments for signatures to come, so that a steady client signs in one round trip. They are public; each is
 * given out once, and the node behind it refuses a second use anyway.
 */
export class CommitmentStock {
  readonly #kept = new Map<string, NonceCommitmentMessage[]>();

  add(party: PartyIndex, scheme: FrostScheme, commitments: readonly NonceCommitmentMessage[]): void {
    const key = `${party}/${scheme}`;
    const all = [...(this.#kept.get(key) ?? []), ...commitments];
    this.#kept.set(key, all.slice(-COMMITMENTS_KEPT_MAX));
  }

  /** @param now milliseconds since 1970-01-01 UTC. */
  take(party: PartyIndex, scheme: FrostScheme, now: number): NonceCommitmentMessage | undefined {
    const kept = this.#kept.get(`${party}/${scheme}`) ?? [];
    for (let next = kept.shift(); next !== undefined; next = kept.shift()) {
      if (next.expiresAt - COMMITMENT_MARGIN_MS > now) return next;
    }
    return undefined;
  }

  /** Forgets what a node gave: it does not know it any more. */
  drop(party: PartyIndex, scheme: FrostScheme): void {
    this.#kept.delete(`${party}/${scheme}`);
  }
}
