import { equalBytes, fromHex, type RandomSource, type SecretBytes } from '@keymesh/foundation';
import * as v from 'valibot';
import { ProtocolError } from '../errors.ts';
import { noblePrimitives, type Primitives } from '../primitives.ts';
import { parseMessage } from '../routes/parse.ts';
import { openPayload, sealedPayloadSchema, sealPayload } from './payload.ts';
import type { ReplyKey } from './request.ts';

/** The HTTP body of a sealed answer, of any status. */
export const sealedResponseSchema = v.strictObject({ version: v.literal('1'), payload: sealedPayloadSchema });

export type SealedResponse = v.InferOutput<typeof sealedResponseSchema>;

/**
 * Seals an answer to the key that the request came from.
 * @param plaintext the JSON of the route's response, or of an error body.
 * @param now milliseconds since 1970-01-01 UTC.
 * @throws ProtocolError `sealing/malformed` if the text is too long.
 */
export function sealResponse(parameters: {
  readonly plaintext: string;
  readonly clientPublicKey: Uint8Array;
  readonly nodeSecretKey: SecretBytes;
  readonly now: number;
  readonly random: RandomSource;
  /** Default: noble. */
  readonly primitives?: Primitives;
}): SealedResponse {
  return {
    version: '1',
    payload: sealPayload({
      plaintext: parameters.plaintext,
      recipientPublicKey: parameters.clientPublicKey,
      senderSecretKey: parameters.nodeSecretKey,
      now: parameters.now,
      random: parameters.random,
      primitives: parameters.primitives ?? noblePrimitives,
    }),
  };
}

/**
 * Opens the answer to one request. Its age is not checked: the key pair is of that request alone, so only the node
 * that was asked can have made it, and only in answer.
 * @param body the parsed JSON of the HTTP body; anything.
 * @returns the JSON text inside.
 * @throws ProtocolError `wire/malformed`, `sealing/malformed`, `sealing/not-authentic`, `sealing/wrong-sender`
 */
export function openResponse(body: unknown, replyKey: ReplyKey, primitives: Primitives = noblePrimitives): string {
  const response = parseMessage(sealedResponseSchema, body, 'sealed response', 'peer');
  if (!equalBytes(fromHex(response.payload.verification_key), replyKey.nodePublicKey)) {
    throw new ProtocolError('The answer is not sealed by the key of the node that was asked.', {
      code: 'sealing/wrong-sender',
      fault: 'environment',
      hint: 'Do the handshake again: the node may have changed its sealing key, or something answers in its place.',
    });
  }
  return openPayload(response.payload, replyKey.secretKey, primitives).plaintext;
}
