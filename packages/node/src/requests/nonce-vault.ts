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

/** Bounds of a vault; tests use small ones. */
export interface NonceVaultLimits {
  readonly perOwnerMax: number;
  readonly totalMax: number;
}

const LIMITS: NonceVaultLimits = { perOwnerMax: NONCES_PER_OWNER_MAX, totalMax: NONCES_TOTAL_MAX };

/**
 * The one-time nonces that this process has committed to. They exist in its memory and nowhere else: `take` removes a
 * pair before anything is computed from it, a crash loses them all, and no copy or roll-back of a disk brings one back
 * (ADR 0004). Single-threaded JavaScript makes `take` atomic.
 */
export class NonceVault {
  readonly #clock: Clock;
  readonly #limits: NonceVaultLimits;
  readonly #entries = new Map<string, Entry>();
  /** Ids of each owner in order of age. */
  readonly #idsOfOwner = new Map<string, Set<string>>();

  constructor(clock: Clock, limits: NonceVaultLimits = LIMITS) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Pairs held now, expired ones included until they are swept. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * To be asked before nonces are made, so that a request is served as a whole or costs nothing.
   * @throws NodeError `nonce/too-many` if the owner could not keep so many more.
   */
  requireRoom(owner: string, count: number): void {
    this.sweep();
    const held = this.#idsOfOwner.get(owner)?.size ?? 0;
    const { perOwnerMax } = this.#limits;
    if (held + count <= perOwnerMax) return;
    throw new NodeError('Too many nonce commitments are waiting to be used.', {
      code: 'nonce/too-many',
      fault: 'caller',
      hint: `Use the commitments that you hold, or wait ${NONCE_LIFETIME_MS / 1000} s until they expire.`,
      details: { held, perOwnerMax },
    });
  }

  /**
   * Keeps a pair under a fresh id. If the vault is full, the oldest pair of the owner with the most is destroyed.
   * @returns when the vault will have forgotten it. Milliseconds since 1970.
   * @throws NodeError `nonce/too-many` if the owner holds the maximum; the pair is destroyed then.
   */
  put(id: string, purpose: NoncePurpose, nonces: SigningNonces): number {
    try {
      this.requireRoom(purpose.owner, 1);
    } catch (thrown) {
      nonces.discard();
      throw thrown;
    }
    while (this.#entries.size >= this.#limits.totalMax) this.#discardOldestOfLargestOwner();
    const expiresAt = this.#clock.now() + NONCE_LIFETIME_MS;
    this.#entries.set(id, { purpose, nonces, expiresAt });
    const ids = this.#idsOfOwner.get(purpose.owner);
    if (ids === undefined) this.#idsOfOwner.set(purpose.owner, new Set([id]));
    else ids.add(id);
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
      this.#discard(id, entry);
    }
  }

  /** Destroys everything: at the end of an epoch and of the process. */
  clear(): void {
    for (const entry of this.#entries.values()) entry.nonces.discard();
    this.#entries.clear();
    this.#idsOfOwner.clear();
  }

  #discardOldestOfLargestOwner(): void {
    let largest = new Set<string>();
    for (const ids of this.#idsOfOwner.values()) if (ids.size > largest.size) largest = ids;
    const [oldest] = largest;
    const entry = oldest === undefined ? undefined : this.#entries.get(oldest);
    if (oldest !== undefined && entry !== undefined) this.#discard(oldest, entry);
  }

  #discard(id: string, entry: Entry): void {
    this.#remove(id, entry);
    entry.nonces.discard();
  }

  #remove(id: string, entry: Entry): void {
    this.#entries.delete(id);
    const { owner } = entry.purpose;
    const ids = this.#idsOfOwner.get(owner);
    ids?.delete(id);
    if (ids?.size === 0) this.#idsOfOwner.delete(owner);
  }
}
