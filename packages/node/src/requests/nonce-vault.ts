import type { Clock } from '@keymesh/foundation';
import type { SigningNonces } from '@keymesh/threshold/frost';
import { NodeError } from '../errors.ts';
import { NONCE_LIFETIME_MS, NONCES_PER_OWNER_MAX, NONCES_TOTAL_MAX } from './limits.ts';

/** To whom and for what a pair of nonces was handed out; `take` must name the same. */
export interface NoncePurpose {
  /** The caller's wallet, lower case with 0x. */
  readonly owner: string;
  readonly scheme: string;
  readonly epoch: number;
}

interface Entry {
  readonly purpose: NoncePurpose;
  readonly nonces: SigningNonces;
  readonly expiresAt: number;
}

/**
 * The one-time nonces that this process has committed to. They exist in its memory and nowhere else: `take` removes a
 * pair before anything is computed from it, a crash loses them all, and no copy or roll-back of a disk brings one back
 * (ADR 0004). Single-threaded JavaScript makes `take` atomic.
 */
export class NonceVault {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #heldByOwner = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Pairs held now, expired ones included until they are swept. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Keeps a pair under a fresh id.
   * @returns when the vault will have forgotten it. Milliseconds since 1970.
   * @throws NodeError `nonce/too-many` if the owner or the vault holds the maximum.
   */
  put(id: string, purpose: NoncePurpose, nonces: SigningNonces): number {
    this.sweep();
    const held = this.#heldByOwner.get(purpose.owner) ?? 0;
    if (held >= NONCES_PER_OWNER_MAX || this.#entries.size >= NONCES_TOTAL_MAX) {
      nonces.discard();
      throw new NodeError('Too many nonce commitments are waiting to be used.', {
        code: 'nonce/too-many',
        fault: 'caller',
        hint: `Use the commitments that you hold, or wait ${NONCE_LIFETIME_MS / 1000} s until they expire.`,
        details: { held, perOwnerMax: NONCES_PER_OWNER_MAX },
      });
    }
    const expiresAt = this.#clock.now() + NONCE_LIFETIME_MS;
    this.#entries.set(id, { purpose, nonces, expiresAt });
    this.#heldByOwner.set(purpose.owner, held + 1);
    return expiresAt;
  }

  /**
   * Removes a pair and hands it over, once.
   * @throws NodeError `nonce/unknown` if it was used, has expired, was made before a restart, or is somebody else's.
   */
  take(id: string, purpose: NoncePurpose): SigningNonces {
    this.sweep();
    const entry = this.#entries.get(id);
    const matches =
      entry !== undefined &&
      entry.purpose.owner === purpose.owner &&
      entry.purpose.scheme === purpose.scheme &&
      entry.purpose.epoch === purpose.epoch;
    if (!matches) {
      throw new NodeError('The nonce commitment is not known: it was used, has expired, or is from before a restart.', {
        code: 'nonce/unknown',
        fault: 'caller',
        hint: 'Ask this node for new commitments and send the request again with them.',
      });
    }
    this.#remove(id, entry);
    return entry.nonces;
  }

  /** Destroys what has expired. */
  sweep(): void {
    const now = this.#clock.now();
    // Insertion order is order of expiry, so the first that is still good ends the search.
    for (const [id, entry] of this.#entries) {
      if (entry.expiresAt > now) return;
      this.#remove(id, entry);
      entry.nonces.discard();
    }
  }

  /** Destroys everything: at the end of an epoch and of the process. */
  clear(): void {
    for (const entry of this.#entries.values()) entry.nonces.discard();
    this.#entries.clear();
    this.#heldByOwner.clear();
  }

  #remove(id: string, entry: Entry): void {
    this.#entries.delete(id);
    const { owner } = entry.purpose;
    const rest = (this.#heldByOwner.get(owner) ?? 1) - 1;
    if (rest === 0) this.#heldByOwner.delete(owner);
    else this.#heldByOwner.set(owner, rest);
  }
}
