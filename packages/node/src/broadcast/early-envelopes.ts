import { type PartyIndex, toHex } from '@keymesh/foundation';
import { BROADCAST_EARLY_BYTES_MAX, BROADCAST_EARLY_ENVELOPES_MAX, BROADCAST_EARLY_EXECUTIONS_MAX } from '../limits.ts';
import type { Envelope } from './envelope.ts';

/**
 * Envelopes of executions that this node has not opened: it still reads the chain, or somebody invents executions.
 * Nothing in them can be verified yet, so each peer has room of its own and can only displace what it sent itself.
 */
export class EarlyEnvelopes {
  /** By peer, and then by execution in the order of arrival. */
  readonly #peers = new Map<PartyIndex, Map<string, Envelope[]>>();
  #dropped = 0;

  /** Envelopes that were displaced or refused since the last `take`. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @returns how many envelopes, this one or older ones, found no room. */
  keep(from: PartyIndex, envelope: Envelope): number {
    const before = this.#dropped;
    let executions = this.#peers.get(from);
    if (executions === undefined) {
      executions = new Map();
      this.#peers.set(from, executions);
    }
    const id = toHex(envelope.executionId);
    const known = executions.get(id);
    const [oldest] = executions.keys();
    if (known === undefined && executions.size >= BROADCAST_EARLY_EXECUTIONS_MAX && oldest !== undefined) {
      this.#dropped += executions.get(oldest)?.length ?? 0;
      executions.delete(oldest);
    }
    const kept = [...executions.values()].flat();
    const bytes = kept.reduce((sum, one) => sum + one.body.length, envelope.body.length);
    if (kept.length >= BROADCAST_EARLY_ENVELOPES_MAX || bytes > BROADCAST_EARLY_BYTES_MAX) this.#dropped += 1;
    else if (known === undefined) executions.set(id, [envelope]);
    else known.push(envelope);
    return this.#dropped - before;
  }

  /** Hands over what came early for an execution. @returns with `complete`: whether nothing was dropped meanwhile. */
  take(executionId: Uint8Array): {
    readonly envelopes: readonly (readonly [from: PartyIndex, envelope: Envelope])[];
    readonly complete: boolean;
  } {
    const id = toHex(executionId);
    const envelopes: (readonly [PartyIndex, Envelope])[] = [];
    for (const [from, executions] of this.#peers) {
      for (const envelope of executions.get(id) ?? []) envelopes.push([from, envelope]);
      executions.delete(id);
    }
    const complete = this.#dropped === 0;
    this.#dropped = 0;
    return { envelopes, complete };
  }

  clear(): void {
    this.#peers.clear();
  }
}
