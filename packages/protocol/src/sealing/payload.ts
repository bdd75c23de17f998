import {
  bigintToBytes,
  concatBytes,
  decodeUtf8,
  fromHex,
  type RandomSource,
  type SecretBytes,
  toHex,
  utf8,
} from '@keymesh/foundation';
import { sha512 } from '@noble/hashes/sha2.js';
import * as v from 'valibot';
import { ProtocolError } from '../errors.ts';
import { SEALED_PLAINTEXT_BYTES_MAX } from '../limits.ts';
import type { Primitives } from '../primitives.ts';
import { formatRfc3339, parseRfc3339 } from '../rfc3339.ts';
import { hexOf, hexUpTo } from '../routes/fields.ts';
import { KEY_BYTES, openBox, publicKeyOf, sealBox, TAG_BYTES } from './box.ts';

const RANDOM_BYTES = 16;
const NONCE_BYTES = 24;
/** sodalite's layout leaves the box's 16 leading zero bytes in place. */
const PAD_BYTES = 16;

/** What both directions carry (lit-sdk-wire.md A.4). All hex is lower case without `0x`. */
export const sealedPayloadSchema = v.strictObject({
  /** The sender's X25519 public key. */
  verification_key: hexOf(KEY_BYTES),
  random: hexOf(RANDOM_BYTES),
  /** RFC 3339. */
  created_at: v.pipe(v.string(), v.maxLength(40)),
  /** 16 zero bytes ‖ `crypto_box`. */
  ciphertext_and_tag: hexUpTo(PAD_BYTES + TAG_BYTES + SEALED_PLAINTEXT_BYTES_MAX),
});

export type SealedPayload = v.InferOutput<typeof sealedPayloadSchema>;

/** An opened payload. */
export interface OpenedPayload {
  readonly plaintext: string;
  readonly senderPublicKey: Uint8Array;
  /** Milliseconds since 1970-01-01 UTC; as the sender says, but authenticated to the second. */
  readonly createdAt: number;
  /** What names this payload among all others: version, randomness, second, recipient and sender. 89 bytes. */
  readonly associatedData: Uint8Array;
}

/**
 * Seals a text from one key to another.
 * @param now milliseconds since 1970-01-01 UTC.
 * @throws ProtocolError `sealing/malformed` if the text is too long or the recipient's key has a small order.
 */
export function sealPayload(parameters: {
  readonly plaintext: string;
  readonly recipientPublicKey: Uint8Array;
  readonly senderSecretKey: SecretBytes;
  readonly now: number;
  readonly random: RandomSource;
  readonly primitives: Primitives;
}): SealedPayload {
  const message = utf8(parameters.plaintext);
  if (message.length > SEALED_PLAINTEXT_BYTES_MAX) throw malformed('the text is too long');
  if (parameters.recipientPublicKey.length !== KEY_BYTES) throw malformed("the recipient's key is not 32 bytes");
  const random = parameters.random(RANDOM_BYTES);
  const { primitives, recipientPublicKey: publicKey, senderSecretKey: secretKey } = parameters;
  const sender = publicKeyOf(secretKey, primitives);
  const aad = associatedData(random, parameters.now, parameters.recipientPublicKey, sender);
  const box = sealBox(message, nonceOf(aad), { publicKey, secretKey, primitives });
  message.fill(0);
  if (box === undefined) throw malformed("the recipient's key has a small order");
  return {
    verification_key: toHex(sender),
    random: toHex(random),
    created_at: formatRfc3339(parameters.now),
    ciphertext_and_tag: toHex(concatBytes(new Uint8Array(PAD_BYTES), box)),
  };
}

/**
 * Opens a payload that was sealed to our key.
 * @throws ProtocolError `sealing/malformed`, `sealing/not-authentic`
 */
export function openPayload(
  payload: SealedPayload,
  recipientSecretKey: SecretBytes,
  primitives: Primitives,
): OpenedPayload {
  const createdAt = parseRfc3339(payload.created_at);
  if (createdAt === undefined || createdAt < 0) throw malformed('created_at is not a date after 1970');
  const blob = fromHex(payload.ciphertext_and_tag);
  if (blob.length < PAD_BYTES + TAG_BYTES) throw malformed('the ciphertext is too short');
  if (blob.subarray(0, PAD_BYTES).some((byte) => byte !== 0)) throw malformed('the ciphertext has no zero pad');
  const senderPublicKey = fromHex(payload.verification_key);
  const aad = associatedData(
    fromHex(payload.random),
    createdAt,
    publicKeyOf(recipientSecretKey, primitives),
    senderPublicKey,
  );
  const message = openBox(blob.subarray(PAD_BYTES), nonceOf(aad), {
    publicKey: senderPublicKey,
    secretKey: recipientSecretKey,
    primitives,
  });
  if (message === undefined) {
    throw new ProtocolError('The sealed payload is not authentic: it was altered, or sealed to another key.', {
      code: 'sealing/not-authentic',
      fault: 'caller',
      hint: "Do the handshake again: the node's sealing key may have changed, or the request went to another node.",
    });
  }
  const plaintext = decodeUtf8(message);
  message.fill(0);
  if (plaintext === undefined) throw malformed('the text inside is not UTF-8');
  return { plaintext, senderPublicKey, createdAt, associatedData: aad };
}

/** The nonce depends on all of it, so a change of any part makes the box inauthentic. */
function associatedData(
  random: Uint8Array,
  createdAtMs: number,
  recipient: Uint8Array,
  sender: Uint8Array,
): Uint8Array {
  const seconds = bigintToBytes(BigInt(Math.floor(createdAtMs / 1000)), 8);
  return concatBytes(Uint8Array.of(1), random, seconds, recipient, sender);
}

function nonceOf(aad: Uint8Array): Uint8Array {
  return sha512(aad).slice(0, NONCE_BYTES);
}

function malformed(reason: string): ProtocolError {
  return new ProtocolError(`The sealed payload is malformed: ${reason}.`, {
    code: 'sealing/malformed',
    fault: 'caller',
  });
}
