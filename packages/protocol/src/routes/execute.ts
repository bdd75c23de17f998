import * as v from 'valibot';
import {
  EXECUTE_BODY_BYTES_MAX,
  MESSAGE_BYTES_MAX,
  RUN_STEP_CHARS_MAX,
  RUN_STEPS_MAX,
  SIGNATURE_NAME_CHARS_MAX,
} from '../limits.ts';
import { schemeNameSchema } from '../schemes/scheme.ts';
import { authSigSchema } from '../sessions/auth-sig.ts';
import { serializedErrorSchema } from './error-body.ts';
import { epochField, hexUpTo, partyField, requestIdField, signersField, word256Field } from './fields.ts';
import { partialSignatureEntries } from './partial-signature.ts';
import type { Route } from './route.ts';

/**
 * Runs a program on this node, beside the other nodes that get the same request (docs/spec/actions.md). A program that
 * throws is an answer and no error of the route: its logs are in it.
 */
export const execute = {
  name: 'execute',
  method: 'POST',
  path: '/v1/execute',
  sealed: true,
  request: v.pipe(
    v.strictObject({
      authSig: authSigSchema,
      epoch: epochField,
      /** The program's text; or, instead, the CID under which the node finds it. */
      code: v.exactOptional(v.string()),
      cid: v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
      /** A JSON object as text, so that every node has the same one byte for byte. */
      jsParams: v.string(),
      /** The nodes that run it: exactly t parties, ascending. They are the signers of everything that it signs. */
      signers: signersField,
      requestId: requestIdField,
      /** Whether the node shall write the run down. Only a network for development does. */
      record: v.exactOptional(v.boolean()),
      /** Whether the node shall tell logs as they come. */
      stream: v.exactOptional(v.boolean()),
    }),
    v.check((request) => (request.code === undefined) !== (request.cid === undefined), 'either code or cid'),
  ),
  /** Logs since the last line. The response has all of them. */
  progress: v.strictObject({ logs: v.string() }),
  response: v.strictObject({
    party: partyField,
    /** CIDv0 of the text that ran. */
    cid: v.string(),
    /** Only if the program did not end well. */
    error: v.exactOptional(serializedErrorSchema),
    response: v.string(),
    logs: v.string(),
    /** What the program asked its node for, op by op, by names only: where nodes part shows in it. */
    steps: v.pipe(v.array(v.pipe(v.string(), v.maxLength(RUN_STEP_CHARS_MAX))), v.maxLength(RUN_STEPS_MAX)),
    /** Parts of signatures, by the names that the program gave them. */
    signatures: v.record(
      v.pipe(v.string(), v.maxLength(SIGNATURE_NAME_CHARS_MAX)),
      v.strictObject({
        tokenId: word256Field,
        scheme: schemeNameSchema,
        message: hexUpTo(MESSAGE_BYTES_MAX),
        /** What it was asked for as: `sigName` and how often that was used before. */
        name: v.pipe(v.string(), v.maxLength(SIGNATURE_NAME_CHARS_MAX + 8)),
        ...partialSignatureEntries,
      }),
    ),
    /** Keys that the program claims, by its own names for them: this node's word for each (docs/spec/actions.md). */
    claims: v.record(
      v.pipe(v.string(), v.maxLength(SIGNATURE_NAME_CHARS_MAX)),
      v.strictObject({
        derivedKeyId: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
        signature: v.pipe(v.string(), v.regex(/^0x[0-9a-f]{130}$/)),
      }),
    ),
    /** What was written down, if it was asked for and not too long: a `Recording` of @keymesh/actions. */
    recording: v.exactOptional(v.unknown()),
  }),
  bodyBytesMax: EXECUTE_BODY_BYTES_MAX,
} as const satisfies Route;
