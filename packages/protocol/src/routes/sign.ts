import * as v from 'valibot';
import {
  COMMITTEE_SIZE_MAX,
  MESSAGE_BYTES_MAX,
  PRESIGNATURE_RECORD_BYTES_MAX,
  SEALED_BODY_BYTES_MAX,
} from '../limits.ts';
import { SCHEMES, schemeNameSchema } from '../schemes/scheme.ts';
import { authSigSchema } from '../sessions/auth-sig.ts';
import { epochField, hexOf, hexUpTo, partyField, requestIdField, word256Field } from './fields.ts';
import type { Route } from './route.ts';

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

/** One partial signature (docs/spec/signing.md §5). The same request goes to every signer. */
export const sign = {
  name: 'sign',
  method: 'POST',
  path: '/v1/sign',
  sealed: true,
  request: v.pipe(
    v.strictObject({
      authSig: authSigSchema,
      epoch: epochField,
      /** The key, as the id of its token. */
      tokenId: word256Field,
      scheme: schemeNameSchema,
      /** The message itself; for a scheme of kind `ecdsa` its digest (network.md §8). */
      message: hexUpTo(MESSAGE_BYTES_MAX),
      /** Exactly t parties, ascending. Empty for a scheme of kind `bls`, whose shares do not depend on each other. */
      signers: v.pipe(
        v.array(partyField),
        v.maxLength(COMMITTEE_SIZE_MAX),
        v.check((parties) => isAscending(parties), 'ascending parties, each once'),
      ),
      requestId: requestIdField,
    }),
    v.check(
      (request) => (SCHEMES[request.scheme].kind === 'bls') === (request.signers.length === 0),
      'signers for a frost or ecdsa scheme, none for a bls scheme',
    ),
  ),
  response: v.strictObject({
    party: partyField,
    /** `shareBytes` of the scheme. */
    share: hexUpTo(SHARE_BYTES_MAX),
    /** The key that the signature will verify under, in the scheme's encoding. */
    publicKey: hexUpTo(SHARE_BYTES_MAX),
    /** For a scheme of kind `frost`. */
    frost: v.exactOptional(frostPreparationSchema),
    /** For a scheme of kind `ecdsa`. */
    ecdsa: v.exactOptional(ecdsaPreparationSchema),
  }),
  bodyBytesMax: SEALED_BODY_BYTES_MAX,
} as const satisfies Route;

function isAscending(parties: readonly number[]): boolean {
  return parties.every((party, i) => i === 0 || party > (parties[i - 1] as number));
}
