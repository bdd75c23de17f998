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
  | 'derivation/invalid-key-id'
  /** The curve's root key has no children. */
  | 'derivation/not-derivable'
  /** Partial BLS signatures do not verify; too few good ones are left. The culprits are named. */
  | 'bls/invalid-partials'
  /** The combined signature of valid partial signatures does not verify: the keys that were given do not belong together. */
  | 'bls/inconsistent-keys'
  /** Bytes are not a ciphertext of the identity-based encryption. */
  | 'bls/malformed-ciphertext'
  /** The ciphertext does not open: it was changed, or made for another identity or key. */
  | 'bls/decryption-failed'
  /** The plaintext is longer than the limit. */
  | 'bls/plaintext-too-long'
  /** A text is not the JSON form of a partial BLS signature. */
  | 'bls/malformed-share'
  /** A token id is not an unsigned integer of 256 bits. */
  | 'bls/invalid-token-id'
  /** A fast BLS library is missing or forbidden on this platform. */
  | 'bls/backend-unavailable'
  /** Key generation: execution id, participants, threshold and this party do not fit together. */
  | 'dkg/invalid-parameters'
  /** A message for a round that does not exist, or of somebody who does not take part. It was refused. */
  | 'dkg/unexpected-message'
  /** A message is not one that an honest participant sends. Its sender will be convicted; the run goes on. */
  | 'dkg/malformed-message'
  /** The same, because the message is larger than its round allows. */
  | 'dkg/message-too-large'
  /** A participant sent two different messages for one round. The first one counts. */
  | 'dkg/equivocation'
  /** Participants say that they received different messages. The run is over. */
  | 'dkg/view-mismatch'
  /** After convictions, fewer dealers than the threshold are left. The run is over; the culprits are convicted. */
  | 'dkg/too-few-dealers'
  /** The dealt polynomials cancel each other: all dealers are corrupt. The run is over. */
  | 'dkg/degenerate-key'
  /** This party finds its own messages wrong: a defect of this machine or code. The run is over. */
  | 'dkg/self-convicted'
  /** The driver gave the run up. */
  | 'dkg/abandoned'
  /** A public key package is not in its one canonical form. */
  | 'package/malformed'
  /** The platform's symmetric cryptography gives other results than the reference. */
  | 'ecdsa/primitives-unavailable'
  /** WebAssembly with SIMD is missing, or the kernel computes something else than the reference. */
  | 'ecdsa/kernel-unavailable'
  /** A set-up or presigning cannot start: its parameters do not fit together. */
  | 'ecdsa/invalid-parameters'
  /** A message for a round that does not exist, or of somebody who does not take part. It was refused. */
  | 'ecdsa/unexpected-message'
  /** A message is not one that an honest party sends. The run is over. */
  | 'ecdsa/malformed-message'
  /** A party sent two different messages for one round. The first one counts. */
  | 'ecdsa/equivocation'
  /** The signers of a presignature were told different commitments. The run is over. */
  | 'ecdsa/view-mismatch'
  /** A check between two parties failed. The run is over and the pair's transfers are destroyed. */
  | 'ecdsa/pair-check-failed'
  /** The transfers of a pair were destroyed after a failed check. */
  | 'ecdsa/pair-burnt'
  /** All checks between pairs passed and the presignature does not add up: one of the other signers published wrong values. */
  | 'ecdsa/inconsistent-presignature'
  /** The driver gave the run up. */
  | 'ecdsa/abandoned'
  /** A presignature was used, bound to another request, moved or discarded before. */
  | 'ecdsa/presignature-used'
  /** A request does not belong to the presignature: another epoch, root key, length or range. */
  | 'ecdsa/invalid-request'
  /** The opened entropy of a signer is not what it committed to. */
  | 'ecdsa/invalid-opening'
  /** The signature shares or openings are not one for each signer of the presignature. */
  | 'ecdsa/wrong-signers'
  /** A signature share is malformed or does not verify. */
  | 'ecdsa/invalid-share'
  /** Every signature share verifies and the signature does not: an invariant broke. */
  | 'ecdsa/aggregation-failed'
  /** Stored transfers of a pair, or the public record of a presignature, are not in their one canonical form. */
  | 'ecdsa/malformed-state';

/** An error of threshold cryptography. */
export class ThresholdError extends KeymeshError {
  declare readonly code: ThresholdErrorCode;
  constructor(message: string, options: ErrorOptions & { readonly code: ThresholdErrorCode }) {
    super(message, options);
  }
}
