import { type PartyIndex, Reader, Transcript, Writer } from '@keymesh/foundation';
import { ED25519_SIGNATURE_BYTES } from '../identity/ed25519.ts';
import { BROADCAST_BODY_BYTES_MAX } from '../limits.ts';

/** Bytes of an execution id. */
export const EXECUTION_ID_BYTES = 32;

/** One author's message for one round of one execution, before it is signed (docs/spec/network.md §5). */
export interface Statement {
  readonly executionId: Uint8Array;
  readonly author: PartyIndex;
  readonly round: number;
  readonly body: Uint8Array;
}

export interface Envelope extends Statement {
  /** 64 bytes: the author's mesh identity over `digestOf`. */
  readonly signature: Uint8Array;
}

/** The 32 bytes that the author signs. Equal for equal statements, whatever their signatures. */
export function digestOf(statement: Statement): Uint8Array {
  return new Transcript('broadcast/v1')
    .append('executionId', statement.executionId)
    .appendU32('sender', statement.author)
    .appendU32('round', statement.round)
    .append('body', statement.body)
    .digest();
}

export function writeEnvelope(writer: Writer, envelope: Envelope): Writer {
  return writer
    .fixed(envelope.executionId)
    .u16(envelope.author)
    .u16(envelope.round)
    .bytes(envelope.body)
    .fixed(envelope.signature);
}

/** @throws KeymeshError `encoding/malformed` */
export function readEnvelope(reader: Reader): Envelope {
  return {
    executionId: reader.fixed(EXECUTION_ID_BYTES),
    author: reader.u16(),
    round: reader.u16(),
    body: reader.bytes(BROADCAST_BODY_BYTES_MAX),
    signature: reader.fixed(ED25519_SIGNATURE_BYTES),
  };
}

/** First byte of every message of the broadcast layer on a `Messenger`; other layers have other numbers. */
export const BROADCAST_CHANNEL = 1;
const KIND = { envelope: 1, want: 2 } as const;

/** What broadcast layers say to each other: here is an envelope; or, send me all that you have of an execution. */
export type BroadcastMessage =
  | { readonly kind: 'envelope'; readonly envelope: Envelope }
  | { readonly kind: 'want'; readonly executionId: Uint8Array };

export function encodeBroadcastMessage(message: BroadcastMessage): Uint8Array {
  const writer = new Writer().u8(BROADCAST_CHANNEL).u8(KIND[message.kind]);
  if (message.kind === 'want') return writer.fixed(message.executionId).finish();
  return writeEnvelope(writer, message.envelope).finish();
}

/**
 * @returns `undefined` for a message of another channel, and kind `unknown` for one of a newer version.
 * @throws KeymeshError `encoding/malformed`
 */
export function decodeBroadcastMessage(bytes: Uint8Array): BroadcastMessage | { readonly kind: 'unknown' } | undefined {
  if (bytes[0] !== BROADCAST_CHANNEL) return undefined;
  const reader = new Reader(bytes);
  reader.u8();
  const kind = reader.u8();
  if (kind === KIND.want) {
    const executionId = reader.fixed(EXECUTION_ID_BYTES);
    reader.end();
    return { kind: 'want', executionId };
  }
  if (kind !== KIND.envelope) return { kind: 'unknown' };
  const envelope = readEnvelope(reader);
  reader.end();
  return { kind: 'envelope', envelope };
}
