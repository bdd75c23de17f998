import { Reader, Writer } from '@keymesh/foundation';
import { ROUND_NAME_BYTES_MAX, ROUND_VALUE_BYTES_MAX } from './limits.ts';

/** First byte of every message of programs on a `Messenger`; other layers have other numbers. */
export const PROGRAM_CHANNEL = 4;
const KIND = { value: 1, ended: 2 } as const;
const ID_BYTES = 32;

/** What nodes that run the same request say to each other (docs/spec/actions.md §4). */
export type RoundMessage =
  | { readonly kind: 'value'; readonly run: Uint8Array; readonly round: string; readonly value: Uint8Array }
  /**
   * This node's program is over: it takes part in no further round. `values` it has sent to this receiver in all; messages
   * may overtake each other.
   */
  | { readonly kind: 'ended'; readonly run: Uint8Array; readonly values: number };

export function encodeRoundMessage(message: RoundMessage): Uint8Array {
  const writer = new Writer().u8(PROGRAM_CHANNEL).u8(KIND[message.kind]).fixed(message.run);
  return message.kind === 'ended'
    ? writer.u32(message.values).finish()
    : writer.text(message.round).bytes(message.value).finish();
}

/** @returns undefined for what is no message of this version, or too long. */
export function decodeRoundMessage(bytes: Uint8Array): RoundMessage | undefined {
  if (bytes.length > ROUND_VALUE_BYTES_MAX + ROUND_NAME_BYTES_MAX) return undefined;
  try {
    const reader = new Reader(bytes);
    reader.u8();
    const kind = reader.u8();
    const run = reader.fixed(ID_BYTES);
    if (kind === KIND.ended) {
      const values = reader.u32();
      reader.end();
      return { kind: 'ended', run, values };
    }
    if (kind !== KIND.value) return undefined;
    const round = new TextDecoder('utf-8', { fatal: true }).decode(reader.bytes(ROUND_NAME_BYTES_MAX));
    const value = reader.bytes(ROUND_VALUE_BYTES_MAX);
    reader.end();
    return { kind: 'value', run, round, value };
  } catch {
    return undefined;
  }
}
