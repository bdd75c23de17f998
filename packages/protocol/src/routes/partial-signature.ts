import * as v from 'valibot';
import { COMMITTEE_SIZE_MAX, PRESIGNATURE_RECORD_BYTES_MAX } from '../limits.ts';
import { hexOf, hexUpTo, partyField } from './fields.ts';

/** Longest encoded point of a suite: Ed448. Bytes. */
const POINT_BYTES_MAX = 57;
/** Longest partial signature: a BLS one. Bytes. */
const SHARE_BYTES_MAX = 96;

/** What a FROST share is verified with: the nonce commitments of all signers (RFC 9591 §5.1). */
const frostPreparationSchema = v.strictObject({
  /** 32 bytes that name the preparation (docs/spec/signing.md §1). */
  id: hexOf(32),
  commitments: v.pipe(
    v.array(v.strictObject({ party: partyField, hiding: hexUpTo(POINT_BYTES_MAX), binding: hexUpTo(POINT_BYTES_MAX) })),
    v.maxLength(COMMITTEE_SIZE_MAX),
  ),
});

/** What an ECDSA share is verified with: the presignature's public record, and the entropy that re-randomised it. */
const ecdsaPreparationSchema = v.strictObject({
  /** `encodeRecord` of `@keymesh/threshold/ecdsa`. */
  record: hexUpTo(PRESIGNATURE_RECORD_BYTES_MAX),
  openings: v.pipe(v.array(v.strictObject({ party: partyField, entropy: hexOf(32) })), v.maxLength(COMMITTEE_SIZE_MAX)),
});

/** A node's part of one signature, and what it is verified with. */
export const partialSignatureEntries = {
  /** `shareBytes` of the scheme. */
  share: hexUpTo(SHARE_BYTES_MAX),
  /** The key that the signature will verify under, in the scheme's encoding. */
  publicKey: hexUpTo(SHARE_BYTES_MAX),
  /** For a scheme of kind `frost`. */
  frost: v.exactOptional(frostPreparationSchema),
  /** For a scheme of kind `ecdsa`. */
  ecdsa: v.exactOptional(ecdsaPreparationSchema),
} as const;
