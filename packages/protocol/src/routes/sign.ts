import * as v from 'valibot';
import { MESSAGE_BYTES_MAX, SEALED_BODY_BYTES_MAX } from '../limits.ts';
import { SCHEMES, schemeNameSchema } from '../schemes/scheme.ts';
import { authSigSchema } from '../sessions/auth-sig.ts';
import { epochField, hexUpTo, partyField, requestIdField, signersField, word256Field } from './fields.ts';
import { partialSignatureEntries } from './partial-signature.ts';
import type { Route } from './route.ts';

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
      signers: signersField,
      requestId: requestIdField,
    }),
    v.check(
      (request) => (SCHEMES[request.scheme].kind === 'bls') === (request.signers.length === 0),
      'signers for a frost or ecdsa scheme, none for a bls scheme',
    ),
  ),
  response: v.strictObject({
    party: partyField,
    ...partialSignatureEntries,
  }),
  bodyBytesMax: SEALED_BODY_BYTES_MAX,
} as const satisfies Route;
