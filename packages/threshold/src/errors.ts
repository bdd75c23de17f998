import { type ErrorOptions, KeymeshError } from '@keymesh/foundation';

/** Every code that this package throws. One sentence each; the full story is in `docs/errors/threshold.md`. */
export type ThresholdErrorCode =
  /** Bytes are not the canonical encoding of a scalar below the group order. */
  | 'curve/invalid-scalar'
  /** Bytes are not a canonical point of the prime-order group, or are the identity. */
  | 'curve/invalid-point'
  /** Threshold or party count is outside 2 ≤ t ≤ n ≤ the limit. */
  | 'sharing/invalid-parameters'
  /** A party index is zero, repeated or outside the committee. */
  | 'sharing/invalid-party'
  /** Fewer shares than the threshold, or two for one party. */
  | 'sharing/wrong-share-count'
  /** A share does not lie on the committed polynomial. */
  | 'sharing/share-mismatch'
  /** Signing nonces were used a second time, or after they had been discarded. */
  | 'frost/nonce-reused'
  /** A nonce commitment of a signer is not a pair of valid points. */
  | 'frost/invalid-commitment'
  /** The list of nonce commitments is not sorted by party, names one twice, or belongs to another curve. */
  | 'frost/invalid-commitment-list'
  /** The list of nonce commitments does not hold what this signer committed to. */
  | 'frost/own-commitment-missing'
  /** Fewer signers than the threshold. */
  | 'frost/too-few-signers'
  /** The signature shares are not one per signer of the commitment list. */
  | 'frost/wrong-signers'
  /** A signature share is malformed or does not verify. */
  | 'frost/invalid-share'
  /** The group key, or the child derived from it, is not usable as a public key. */
  | 'frost/invalid-key'
  /** Every signature share verifies and their sum does not: an invariant broke. */
  | 'frost/aggregation-failed'
  /** A key identifier of a derived key has the wrong length. */
  | 'derivation/invalid-key-id';

/** An error of threshold cryptography. */
export class ThresholdError extends KeymeshError {
  declare readonly code: ThresholdErrorCode;
  constructor(message: string, options: ErrorOptions & { readonly code: ThresholdErrorCode }) {
    super(message, options);
  }
}
