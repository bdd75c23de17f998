import { concatBytes, type PartyIndex, SecretBytes } from '@keymesh/foundation';
import { ThresholdError } from '../errors.ts';

const REDACTED = '[redacted]';

/** What a signer publishes in round 1. Encoded points. */
export interface NonceCommitment {
  readonly party: PartyIndex;
  readonly hiding: Uint8Array;
  readonly binding: Uint8Array;
}

/** The two secret scalars behind a commitment, encoded. */
export interface NoncePair {
  readonly hiding: SecretBytes;
  readonly binding: SecretBytes;
}

/**
 * One signer's nonces of round 1, usable once. Two signatures with one pair of nonces reveal the share, so `take`
 * removes them from this object before anything is computed, and they cannot be copied. `moveOut` is for another thread
 * of the same process, and empties this object; what it gives must never reach a disk, where an older copy of it could
 * come back.
 */
export class SigningNonces {
  /** Public: what the other signers and the coordinator get. */
  readonly commitment: NonceCommitment;
  #pair: NoncePair | undefined;

  /** Takes ownership of the secrets: whoever uses or discards the nonces wipes them. */
  constructor(commitment: NonceCommitment, pair: NoncePair) {
    this.commitment = commitment;
    this.#pair = pair;
  }

  get isUsed(): boolean {
    return this.#pair === undefined;
  }

  /**
   * Runs `use` with the nonces, which are gone from this object before it starts and wiped when it ends, also by a
   * throw: a signer that failed half-way has spent its nonces.
   * @throws ThresholdError `frost/nonce-reused` at the second call, and after `discard`.
   */
  spend<T>(use: (pair: NoncePair) => T): T {
    const pair = this.#pair;
    this.#pair = undefined;
    if (pair === undefined) {
      throw new ThresholdError('These signing nonces were used or discarded before.', {
        code: 'frost/nonce-reused',
        fault: 'caller',
        hint: 'Start again from round 1 with fresh nonces.',
        details: { party: this.commitment.party },
      });
    }
    try {
      return use(pair);
    } finally {
      pair.hiding.wipe();
      pair.binding.wipe();
    }
  }

  /** Wipes nonces that will not be used, e.g. when they expire. May be called at any time. */
  discard(): void {
    this.#pair?.hiding.wipe();
    this.#pair?.binding.wipe();
    this.#pair = undefined;
  }

  /** Empties this object into bytes for another thread: hiding ‖ binding. @throws ThresholdError `frost/nonce-reused`. */
  moveOut(): SecretBytes {
    return this.spend(({ hiding, binding }) =>
      hiding.expose((first) => binding.expose((second) => new SecretBytes(concatBytes(first, second)))),
    );
  }

  /** Takes what `moveOut` gave, and wipes it. */
  static moveIn(commitment: NonceCommitment, moved: SecretBytes): SigningNonces {
    const half = moved.length / 2;
    const pair = moved.expose((bytes) => ({
      hiding: new SecretBytes(bytes.slice(0, half)),
      binding: new SecretBytes(bytes.slice(half)),
    }));
    moved.wipe();
    return new SigningNonces(commitment, pair);
  }

  toJSON(): string {
    return REDACTED;
  }
  toString(): string {
    return REDACTED;
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}
