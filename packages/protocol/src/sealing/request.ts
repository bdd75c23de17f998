import { type RandomSource, SecretBytes, sha256Of, toHex } from '@keymesh/foundation';
import * as v from 'valibot';
import { ProtocolError } from '../errors.ts';
import { SEALED_REQUEST_AGE_MAX_MS, SEALED_REQUEST_FUTURE_MAX_MS } from '../limits.ts';
import { noblePrimitives, type Primitives } from '../primitives.ts';
import { epochField } from '../routes/fields.ts';
import { parseMessage } from '../routes/parse.ts';
import { KEY_BYTES } from './box.ts';
import { openPayload, sealedPayloadSchema, sealPayload } from './payload.ts';

/** The HTTP body of a sealed request. `epoch` is outside the seal, as in the reference: nothing may rest on it. */
export const sealedRequestSchema = v.strictObject({
  version: v.literal('1'),
  payload: sealedPayloadSchema,
  epoch: epochField,
});

export type SealedRequest = v.InferOutput<typeof sealedRequestSchema>;

/** What a client keeps to open the answer. `secretKey` is for this one request; wipe it afterwards. */
export interface ReplyKey {
  readonly secretKey: SecretBytes;
  readonly nodePublicKey: Uint8Array;
}

/**
 * Seals a request to one node, from a key pair that is made for it and for nothing else.
 * @param plaintext the JSON of the route's request.
 * @param nodePublicKey the node's sealing key, 32 bytes, as its handshake and the chain say.
 * @param now milliseconds since 1970-01-01 UTC.
 * @throws ProtocolError `sealing/malformed` for a text that is too long or a key that is none.
 */
export function sealRequest(parameters: {
  readonly plaintext: string;
  readonly nodePublicKey: Uint8Array;
  readonly epoch: number;
  readonly now: number;
  readonly random: RandomSource;
  /** Default: noble. */
  readonly primitives?: Primitives;
}): { readonly body: SealedRequest; readonly replyKey: ReplyKey } {
  const secretKey = new SecretBytes(parameters.random(KEY_BYTES));
  const payload = sealPayload({
    plaintext: parameters.plaintext,
    recipientPublicKey: parameters.nodePublicKey,
    senderSecretKey: secretKey,
    now: parameters.now,
    random: parameters.random,
    primitives: parameters.primitives ?? noblePrimitives,
  });
  return {
    body: { version: '1', payload, epoch: parameters.epoch },
    replyKey: { secretKey, nodePublicKey: parameters.nodePublicKey.slice() },
  };
}

/** An opened request. */
export interface OpenedRequest {
  readonly plaintext: string;
  /** Where the answer is sealed to. */
  readonly clientPublicKey: Uint8Array;
  /** From outside the seal. */
  readonly epoch: number;
  /** 64 hex digits. The server refuses a key that it has seen and not yet forgotten. */
  readonly replayKey: string;
  /** From this moment on the age check refuses a repeat, so the server may forget the key. Unix milliseconds. */
  readonly replayKeyNeededUntil: number;
}

/**
 * Opens a request that was sealed to our key.
 * @param body the parsed JSON of the HTTP body; anything.
 * @param now milliseconds since 1970-01-01 UTC.
 * @throws ProtocolError `wire/malformed`, `sealing/malformed`, `sealing/not-authentic`, `sealing/expired`,
 *   `sealing/from-future`
 */
export function openRequest(
  body: unknown,
  secretKey: SecretBytes,
  now: number,
  primitives: Primitives = noblePrimitives,
): OpenedRequest {
  const request = parseMessage(sealedRequestSchema, body, 'sealed request');
  const opened = openPayload(request.payload, secretKey, primitives);
  // Authenticated to the second only: the milliseconds of created_at can be rewritten, so they must not count.
  const createdAt = Math.floor(opened.createdAt / 1000) * 1000;
  const age = now - createdAt;
  if (age > SEALED_REQUEST_AGE_MAX_MS) throw outside('sealing/expired', 'too old', age);
  if (-age > SEALED_REQUEST_FUTURE_MAX_MS) throw outside('sealing/from-future', 'from the future', age);
  return {
    plaintext: opened.plaintext,
    clientPublicKey: opened.senderPublicKey,
    epoch: request.epoch,
    replayKey: toHex(sha256Of(opened.associatedData)),
    replayKeyNeededUntil: createdAt + SEALED_REQUEST_AGE_MAX_MS + 1,
  };
}

function outside(code: 'sealing/expired' | 'sealing/from-future', what: string, ageMs: number): ProtocolError {
  return new ProtocolError(`The sealed request is ${what}: its age is ${Math.round(ageMs / 1000)} s.`, {
    code,
    fault: 'caller',
    hint: `A request must be sent within ${SEALED_REQUEST_AGE_MAX_MS / 1000} s; check the clock of the client.`,
    details: { ageMs },
  });
}
