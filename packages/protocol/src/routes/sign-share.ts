import * as v from 'valibot';
import {
  COMMITTEE_SIZE_MAX,
  MESSAGE_BYTES_MAX,
  NONCE_COMMITMENTS_PER_REQUEST_MAX,
  SEALED_BODY_BYTES_MAX,
} from '../limits.ts';
import { SCHEMES, schemeNameSchema } from '../schemes/scheme.ts';
import { authSigSchema } from '../sessions/auth-sig.ts';
import { epochField, hexOf, hexUpTo, partyField, requestIdField, word256Field } from './fields.ts';
import type { Route } from './route.ts';
import { nonceCommitmentSchema } from './sign-commit.ts';

const signerCommitmentSchema = v.strictObject({
  party: partyField,
  /** A node looks up its own nonces by the id beside its own party; it ignores the others' ids. */
  id: hexOf(16),
  hiding: hexUpTo(57),
  binding: hexUpTo(57),
});

export type SignerCommitment = v.InferOutput<typeof signerCommitmentSchema>;

/** FROST round 2 (RFC 9591 §5.2) or a BLS signature share: one partial signature. */
export const signShare = {
  name: 'signShare',
  method: 'POST',
  path: '/v1/sign/share',
  sealed: true,
  request: v.pipe(
    v.strictObject({
      authSig: authSigSchema,
      epoch: epochField,
      /** The key, as the id of its token. */
      tokenId: word256Field,
      scheme: schemeNameSchema,
      /** The message itself, not its hash. */
      message: hexUpTo(MESSAGE_BYTES_MAX),
      /** One per signer in ascending order of party: this is the signer set. Empty for a scheme of kind `bls`. */
      commitments: v.pipe(
        v.array(signerCommitmentSchema),
        v.maxLength(COMMITTEE_SIZE_MAX),
        v.check((items) => isAscending(items), 'ascending parties, each once'),
      ),
      requestId: requestIdField,
    }),
    v.check(
      (request) => (SCHEMES[request.scheme].kind === 'bls') === (request.commitments.length === 0),
      'commitments for a frost scheme, none for a bls scheme',
    ),
  ),
  response: v.strictObject({
    party: partyField,
    /** `shareBytes` of the scheme. */
    share: hexUpTo(96),
    /** The key that the signature will verify under, in the scheme's encoding. */
    publicKey: hexUpTo(96),
    /** Fresh commitments, so that a steady client signs in one round trip. */
    nextCommitments: v.exactOptional(
      v.pipe(v.array(nonceCommitmentSchema), v.maxLength(NONCE_COMMITMENTS_PER_REQUEST_MAX)),
    ),
  }),
  bodyBytesMax: SEALED_BODY_BYTES_MAX,
} as const satisfies Route;

function isAscending(commitments: readonly { readonly party: number }[]): boolean {
  return commitments.every((item, i) => i === 0 || item.party > (commitments[i - 1] as { party: number }).party);
}
