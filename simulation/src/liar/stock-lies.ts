import { type PartyIndex, Reader, toHex, Writer } from '@keymesh/foundation';
import { SCHEMES, type SchemeName } from '@keymesh/protocol/schemes';
import {
  type BatchHeader,
  decodeHeader,
  decodeStockMessage,
  encodeHeader,
  encodeStockMessage,
  type Messenger,
  runIdOf,
  SIGNING_CHANNEL,
  STOCK_CHANNEL,
  type StockMessage,
} from '../node-parts.ts';
import { altered } from './altered-messenger.ts';
import type { LiarContext, Lie } from './lie.ts';
import { replaying } from './message-lies.ts';

type Part = Extract<StockMessage, { kind: 'preparing' }>;

/** Where something is in a presigning message (docs/spec/threshold-ecdsa.md §6). Bytes. */
const CORRECTIONS_OFFSET = 1 + 2 * 32 + 32;
const SCALE_OFFSET = 1;
const SCALAR_BYTES = 32;
const ITEMS_MAX = 16;
const ITEM_BYTES_MAX = 65_536;

/** A liar changes what it says to the others about preparations; undefined says nothing. */
function saying(
  changeOf: (
    context: LiarContext,
  ) => (message: StockMessage, to: PartyIndex, inner: Messenger) => StockMessage | undefined,
): Lie {
  return (context) => {
    const change = changeOf(context);
    return {
      messenger: (inner) =>
        altered(inner, {
          send: (to, bytes) => {
            const message = stockMessage(bytes);
            const changed = message === undefined ? undefined : change(message, to, inner);
            if (message === undefined || changed === message) inner.send(to, bytes);
            else if (changed !== undefined) inner.send(to, encodeStockMessage(changed));
          },
        }),
    };
  };
}

/** Undefined for another channel, and where another lie has put garbage. */
function stockMessage(bytes: Uint8Array): StockMessage | undefined {
  if (bytes[0] !== STOCK_CHANNEL) return undefined;
  try {
    return decodeStockMessage(bytes);
  } catch {
    return undefined;
  }
}

/** Changes parts of batches of one kind of scheme. Only round 1 says what a run is of, so it is remembered. */
function batchPart(
  kind: 'frost' | 'ecdsa',
  changeOf: (context: LiarContext) => (part: Part, scheme: SchemeName, to: PartyIndex) => Part,
): Lie {
  return saying((context) => {
    const change = changeOf(context);
    const headers = new Map<string, BatchHeader>();
    return (message, to) => {
      if (message.kind !== 'preparing') return message;
      const run = toHex(message.run);
      if (message.header.length > 0) headers.set(run, decodeHeader(message.header));
      const scheme = headers.get(run)?.scheme as SchemeName | undefined;
      return scheme === undefined || SCHEMES[scheme].kind !== kind ? message : change(message, scheme, to);
    };
  });
}

/** Nonce commitments that are no points. */
export const invalidCommitments = batchPart(
  'frost',
  () => (part, scheme) =>
    part.round === 1
      ? { ...part, body: withTail(part.body, SCHEMES[scheme].commitmentBytes, (tail) => tail.fill(0xff)) }
      : part,
);

/** Tells one of the others another nonce commitment than the rest: valid points, the last two in the other order. */
export const twoCommitments = batchPart('frost', ({ random }) => {
  const misled = new Map<string, PartyIndex>();
  return (part, scheme, to) => {
    if (part.round !== 1) return part;
    const run = toHex(part.run);
    const { signers } = decodeHeader(part.header);
    if (!misled.has(run)) misled.set(run, random.pick(signers));
    if (misled.get(run) !== to) return part;
    const length = SCHEMES[scheme].commitmentBytes;
    const swapped = (tail: Uint8Array): void => tail.set([...tail.subarray(length), ...tail.subarray(0, length)]);
    return { ...part, body: withTail(part.body, 2 * length, swapped) };
  };
});

/** A wrong message of the oblivious transfer, in presigning: the check of the extension fails. */
export const wrongTransfer = batchPart(
  'ecdsa',
  () => (part) => (part.round === 1 ? { ...part, body: withItemByte(part.body, CORRECTIONS_OFFSET) } : part),
);

/** Publishes another u to one of the others than to the rest in round 3 of presigning. */
export const twoScales = batchPart('ecdsa', ({ random }) => {
  const misled = new Map<string, PartyIndex>();
  return (part, _scheme, to) => {
    if (part.round !== 3) return part;
    const run = toHex(part.run);
    if (!misled.has(run) || random.chance(0.5)) misled.set(run, misled.get(run) ?? to);
    if (misled.get(run) !== to) return part;
    return { ...part, body: withItemByte(part.body, SCALE_OFFSET + SCALAR_BYTES - 1) };
  };
});

/** Speaks nonsense in the set-up of its pairs: in one of the two rounds, to each of the others. */
export const wrongSetup = saying(({ random }) => (message) => {
  if (message.kind !== 'setup' || random.chance(0.3)) return message;
  const body = message.body.slice();
  body[body.length - 1] = (body[body.length - 1] as number) ^ 1;
  return { ...message, body };
});

/** Begins batches with a header that cannot be: another epoch, another boot, too many items, another's to assign. */
export const wrongHeader = saying(({ random }) => {
  const changes: ((header: BatchHeader) => BatchHeader)[] = [
    (header) => ({ ...header, epochId: header.epochId.map((byte) => byte ^ 1) }),
    (header) => ({ ...header, boots: header.boots.map((boot) => boot.map((byte) => byte ^ 1)) }),
    (header) => ({ ...header, count: 255 }),
    (header) => ({ ...header, signers: header.signers.slice(1), boots: header.boots.slice(1) }),
    (header) => ({ ...header, owner: 60_000 }),
  ];
  return (message) => {
    if (message.kind !== 'preparing' || message.header.length === 0) return message;
    const header = encodeHeader(random.pick(changes)(decodeHeader(message.header)));
    return { ...message, header, run: runIdOf(header) };
  };
});

/** Says that a check failed between two of the others, which is not its to say, and gives up each batch. */
export const falsePairFailure = saying(({ self }) => (message, to, inner) => {
  if (message.kind !== 'preparing') return message;
  const other = inner.peers.find((party) => party !== to && party !== self) as PartyIndex;
  const parties = [to, other].sort((a, b) => a - b);
  return { kind: 'failed', run: message.run, code: 'ecdsa/pair-check-failed', parties };
});

/** Says that every batch in which it takes part has failed. */
export const givesUpBatches = saying(
  () => (message) =>
    message.kind === 'preparing' && message.round > 1
      ? { kind: 'failed', run: message.run, code: 'stock/overloaded', parties: [] }
      : message,
);

/** Sends again what it or others said about preparations and requests, before its restarts and theirs as well. */
export const replaysSigning: Lie = replaying(
  (message) => message[0] === STOCK_CHANNEL || message[0] === SIGNING_CHANNEL,
);

function withTail(body: Uint8Array, length: number, change: (tail: Uint8Array) => void): Uint8Array {
  const out = body.slice();
  change(out.subarray(out.length - length));
  return out;
}

/** Flips a bit of one byte in the first item of a batch's message. */
function withItemByte(body: Uint8Array, offset: number): Uint8Array {
  const items = new Reader(body).list(ITEMS_MAX, (item) => item.bytes(ITEM_BYTES_MAX).slice());
  const [first] = items;
  if (first !== undefined) first[offset] = (first[offset] as number) ^ 1;
  return new Writer().list(items, (writer, item) => writer.bytes(item)).finish();
}
