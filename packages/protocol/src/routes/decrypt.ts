import * as v from 'valibot';
import {
  chainNameSchema,
  evmBasicConditionsSchema,
  evmContractConditionsSchema,
  unifiedConditionsSchema,
} from '../conditions/schema.ts';
import { SEALED_BODY_BYTES_MAX } from '../limits.ts';
import { authSigSchema } from '../sessions/auth-sig.ts';
import { blockField, epochField, hexOf, partyField, requestIdField } from './fields.ts';
import type { Route } from './route.ts';

/** Names under which a request may carry its conditions; it carries exactly one of them. */
export const CONDITION_FIELDS = [
  'accessControlConditions',
  'evmContractConditions',
  'unifiedAccessControlConditions',
] as const;

/** One share of the BLS signature over an identity, which is the decryption key of that identity. */
export const decrypt = {
  name: 'decrypt',
  method: 'POST',
  path: '/v1/decrypt',
  sealed: true,
  request: v.pipe(
    v.strictObject({
      authSig: authSigSchema,
      accessControlConditions: v.exactOptional(evmBasicConditionsSchema),
      evmContractConditions: v.exactOptional(evmContractConditionsSchema),
      unifiedAccessControlConditions: v.exactOptional(unifiedConditionsSchema),
      /** SHA-256 of the plaintext. */
      dataToEncryptHash: hexOf(32),
      /** The chain that the caller's wallet is used on. */
      chain: chainNameSchema,
      epoch: epochField,
      requestId: requestIdField,
    }),
    v.check(
      (request) => CONDITION_FIELDS.filter((field) => request[field] !== undefined).length === 1,
      `exactly one of ${CONDITION_FIELDS.join(', ')}`,
    ),
  ),
  response: v.strictObject({
    party: partyField,
    /** A point of G2, compressed. */
    share: hexOf(96),
    /** For each chain that the conditions name: the block at which the facts were read. */
    blocks: v.record(chainNameSchema, blockField),
  }),
  bodyBytesMax: SEALED_BODY_BYTES_MAX,
} as const satisfies Route;
