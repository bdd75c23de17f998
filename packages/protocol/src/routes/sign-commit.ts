import * as v from 'valibot';
import { NONCE_COMMITMENTS_PER_REQUEST_MAX, SEALED_BODY_BYTES_MAX } from '../limits.ts';
import { schemeNameSchema } from '../schemes/scheme.ts';
import { authSigSchema } from '../sessions/auth-sig.ts';
import { epochField, hexOf, hexUpTo, unixMsField, word256Field } from './fields.ts';
import type { Route } from './route.ts';

/** A node's commitment to a pair of one-time nonces, and the handle under which the node keeps them. */
export const nonceCommitmentSchema = v.strictObject({
  /** 16 random bytes; meaningless to any other node. */
  id: hexOf(16),
  /** RFC 9591 §5.1: D = g^d. Encoded as the scheme's suite does; at most 57 bytes. */
  hiding: hexUpTo(57),
  /** RFC 9591 §5.1: E = g^e. */
  binding: hexUpTo(57),
  /** After this the node has forgotten the nonces. */
  expiresAt: unixMsField,
});

export type NonceCommitmentMessage = v.InferOutput<typeof nonceCommitmentSchema>;

/** FROST round 1 (RFC 9591 §5.1). */
export const signCommit = {
  name: 'signCommit',
  method: 'POST',
  path: '/v1/sign/commit',
  sealed: true,
  request: v.strictObject({
    authSig: authSigSchema,
    epoch: epochField,
    /** A key that the caller may use: only they may have a node keep nonces. The nonces serve any of its keys. */
    tokenId: word256Field,
    /** A scheme of kind `frost`. */
    scheme: schemeNameSchema,
    count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(NONCE_COMMITMENTS_PER_REQUEST_MAX)),
  }),
  response: v.strictObject({
    commitments: v.pipe(v.array(nonceCommitmentSchema), v.maxLength(NONCE_COMMITMENTS_PER_REQUEST_MAX)),
    /** The nonces live as long as this boot of the node. */
    bootId: hexOf(16),
  }),
  bodyBytesMax: SEALED_BODY_BYTES_MAX,
} as const satisfies Route;
