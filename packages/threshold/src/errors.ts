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
  | 'sharing/share-mismatch';

/** An error of threshold cryptography. */
export class ThresholdError extends KeymeshError {
  declare readonly code: ThresholdErrorCode;
  constructor(message: string, options: ErrorOptions & { readonly code: ThresholdErrorCode }) {
    super(message, options);
  }
}
