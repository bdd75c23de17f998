import { Reader, Writer } from '@keymesh/foundation';
import { COURIER_WINDOW_MESSAGES, MESH_MESSAGE_BYTES_MAX } from '../../limits.ts';

/** Bytes of a boot id: random, made when a courier starts. */
export const BOOT_ID_BYTES = 16;
/** Bytes of a probe's nonce. */
export const PROBE_NONCE_BYTES = 8;

const KIND = { probe: 1, answer: 2, acknowledgement: 3, message: 4 } as const;
const BITMAP_BYTES = COURIER_WINDOW_MESSAGES / 8;

/** Which messages a receiver has: all up to `upTo`, and those of `beyond`, which are at most a window ahead. */
export interface Received {
  readonly upTo: number;
  readonly beyond: ReadonlySet<number>;
}

/** Asks "which boot are you?", or answers it with the same nonce. Both name the sender's own boot. */
export interface ProbeFrame {
  readonly kind: 'probe' | 'answer';
  readonly boot: Uint8Array;
  readonly nonce: Uint8Array;
}

/** Says what was received and may carry a message, all between exactly two boots. */
export interface DataFrame {
  readonly kind: 'data';
  readonly boot: Uint8Array;
  readonly peerBoot: Uint8Array;
  readonly received: Received;
  readonly message: { readonly id: number; readonly body: Uint8Array } | undefined;
}

export type CourierFrame = ProbeFrame | DataFrame;

export function encodeCourierFrame(frame: CourierFrame): Uint8Array {
  const writer = new Writer();
  if (frame.kind !== 'data') return writer.u8(KIND[frame.kind]).fixed(frame.boot).fixed(frame.nonce).finish();
  writer
    .u8(frame.message === undefined ? KIND.acknowledgement : KIND.message)
    .fixed(frame.boot)
    .fixed(frame.peerBoot)
    .u32(frame.received.upTo)
    .fixed(bitmapOf(frame.received));
  if (frame.message !== undefined) writer.u32(frame.message.id).bytes(frame.message.body);
  return writer.finish();
}

/** @throws KeymeshError `encoding/malformed`; `undefined` for a kind that this version does not know. */
export function decodeCourierFrame(bytes: Uint8Array): CourierFrame | undefined {
  const reader = new Reader(bytes);
  const kind = reader.u8();
  if (kind === KIND.probe || kind === KIND.answer) {
    const boot = reader.fixed(BOOT_ID_BYTES);
    const nonce = reader.fixed(PROBE_NONCE_BYTES);
    reader.end();
    return { kind: kind === KIND.probe ? 'probe' : 'answer', boot, nonce };
  }
  if (kind !== KIND.acknowledgement && kind !== KIND.message) return undefined;
  const boot = reader.fixed(BOOT_ID_BYTES);
  const peerBoot = reader.fixed(BOOT_ID_BYTES);
  const upTo = reader.u32();
  const received = { upTo, beyond: setOf(upTo, reader.fixed(BITMAP_BYTES)) };
  const message = kind === KIND.message ? { id: reader.u32(), body: reader.bytes(MESH_MESSAGE_BYTES_MAX) } : undefined;
  reader.end();
  return { kind: 'data', boot, peerBoot, received, message };
}

/** Bit i stands for message `upTo + 1 + i`. */
function bitmapOf(received: Received): Uint8Array {
  const bitmap = new Uint8Array(BITMAP_BYTES);
  for (const id of received.beyond) {
    const bit = id - received.upTo - 1;
    bitmap[bit >> 3] = (bitmap[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
  return bitmap;
}

function setOf(upTo: number, bitmap: Uint8Array): Set<number> {
  const ids = new Set<number>();
  for (let bit = 0; bit < COURIER_WINDOW_MESSAGES; bit++) {
    if (((bitmap[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0) ids.add(upTo + 1 + bit);
  }
  return ids;
}
