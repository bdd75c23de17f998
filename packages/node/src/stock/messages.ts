import { type PartyIndex, Reader, Transcript, utf8, Writer } from '@keymesh/foundation';
import { COMMITTEE_SIZE_MAX } from '@keymesh/protocol/limits';
import { MESH_MESSAGE_BYTES_MAX } from '../limits.ts';
import { BOOT_ID_BYTES } from '../mesh/courier/frame.ts';

/** First byte of every message of the stock on a `Messenger`; other layers have other numbers. */
export const STOCK_CHANNEL = 2;
const KIND = { ready: 1, setup: 2, preparing: 3, failed: 4 } as const;
const ID_BYTES = 32;
/** Longest name of a scheme or an error code. Bytes. */
const NAME_BYTES_MAX = 64;

/** Everything that the signers of a batch must agree on before it begins. */
export interface BatchHeader {
  /** Execution id of the epoch. */
  readonly epochId: Uint8Array;
  readonly scheme: string;
  /** Ascending. */
  readonly signers: readonly PartyIndex[];
  readonly count: number;
  readonly owner: PartyIndex;
  /** 32 random bytes of the owner. */
  readonly nonce: Uint8Array;
  /** The boot of each signer, in the order of `signers`. */
  readonly boots: readonly Uint8Array[];
}

/** What members say to each other about preparations (docs/spec/signing.md §3). Ids are 32 bytes. */
export type StockMessage =
  | { readonly kind: 'ready'; readonly epochId: Uint8Array }
  | { readonly kind: 'setup'; readonly pairRun: Uint8Array; readonly round: number; readonly body: Uint8Array }
  | {
      readonly kind: 'preparing';
      readonly run: Uint8Array;
      /** Encoded `BatchHeader` in round 1, empty later. */
      readonly header: Uint8Array;
      readonly round: number;
      readonly body: Uint8Array;
    }
  /** `parties`: the sender and the peer whose check failed; empty if the failure is not about a pair. */
  | {
      readonly kind: 'failed';
      readonly run: Uint8Array;
      readonly code: string;
      readonly parties: readonly PartyIndex[];
    };

export function encodeStockMessage(message: StockMessage): Uint8Array {
  const writer = new Writer().u8(STOCK_CHANNEL).u8(KIND[message.kind]);
  switch (message.kind) {
    case 'ready':
      return writer.fixed(message.epochId).finish();
    case 'setup':
      return writer.fixed(message.pairRun).u8(message.round).bytes(message.body).finish();
    case 'preparing':
      return writer.fixed(message.run).bytes(message.header).u8(message.round).bytes(message.body).finish();
    case 'failed':
      return writer
        .fixed(message.run)
        .text(message.code)
        .list(message.parties, (out, party) => out.u16(party))
        .finish();
  }
}

/**
 * @returns undefined for a kind that this version does not know.
 * @throws KeymeshError `encoding/malformed`.
 */
export function decodeStockMessage(bytes: Uint8Array): StockMessage | undefined {
  const reader = new Reader(bytes);
  reader.u8();
  const message = readMessage(reader, reader.u8());
  if (message !== undefined) reader.end();
  return message;
}

function readMessage(reader: Reader, kind: number): StockMessage | undefined {
  switch (kind) {
    case KIND.ready:
      return { kind: 'ready', epochId: reader.fixed(ID_BYTES) };
    case KIND.setup:
      return { kind: 'setup', pairRun: reader.fixed(ID_BYTES), round: reader.u8(), body: readBody(reader) };
    case KIND.preparing: {
      const run = reader.fixed(ID_BYTES);
      const header = readBody(reader);
      return { kind: 'preparing', run, header, round: reader.u8(), body: readBody(reader) };
    }
    case KIND.failed: {
      const run = reader.fixed(ID_BYTES);
      const code = ascii(reader.bytes(NAME_BYTES_MAX));
      return { kind: 'failed', run, code, parties: reader.list(2, (item) => item.u16()) };
    }
    default:
      return undefined;
  }
}

const readBody = (reader: Reader): Uint8Array => reader.bytes(MESH_MESSAGE_BYTES_MAX);

export function encodeHeader(header: BatchHeader): Uint8Array {
  return new Writer()
    .fixed(header.epochId)
    .text(header.scheme)
    .list(header.signers, (writer, party) => writer.u16(party))
    .u8(header.count)
    .u16(header.owner)
    .fixed(header.nonce)
    .list(header.boots, (writer, boot) => writer.fixed(boot))
    .finish();
}

/** @throws KeymeshError `encoding/malformed`. */
export function decodeHeader(bytes: Uint8Array): BatchHeader {
  const reader = new Reader(bytes);
  const header = {
    epochId: reader.fixed(ID_BYTES),
    scheme: ascii(reader.bytes(NAME_BYTES_MAX)),
    signers: reader.list(COMMITTEE_SIZE_MAX, (item) => item.u16()),
    count: reader.u8(),
    owner: reader.u16(),
    nonce: reader.fixed(ID_BYTES),
    boots: reader.list(COMMITTEE_SIZE_MAX, (item) => item.fixed(BOOT_ID_BYTES)),
  };
  reader.end();
  return header;
}

/** The 32 bytes that name a batch: all that its header says. */
export function runIdOf(encodedHeader: Uint8Array): Uint8Array {
  return new Transcript('stock/v1/run').append('header', encodedHeader).digest();
}

/** The execution id of one item of a batch. */
export function itemIdOf(run: Uint8Array, index: number): Uint8Array {
  return new Transcript('stock/v1/item').append('run', run).appendU32('index', index).digest();
}

/** One side of a pair: who, and in which life. */
export interface PairEnd {
  readonly party: PartyIndex;
  readonly boot: Uint8Array;
}

/** The 32 bytes that name the set-up of two members in these boots. The same on both sides. */
export function pairRunOf(epochId: Uint8Array, a: PairEnd, b: PairEnd): Uint8Array {
  const [low, high] = a.party < b.party ? [a, b] : [b, a];
  return new Transcript('stock/v1/pair')
    .append('epoch', epochId)
    .appendU32('low', low.party)
    .append('low boot', low.boot)
    .appendU32('high', high.party)
    .append('high boot', high.boot)
    .digest();
}

/** The hash that all signers of a batch must confirm. */
export function confirmationOf(run: Uint8Array, ids: readonly string[]): Uint8Array {
  const transcript = new Transcript('stock/v1/confirm').append('run', run);
  for (const id of ids) transcript.append('id', utf8(id));
  return transcript.digest();
}

/** Bytes as characters 0 … 255: names are compared with ours and otherwise only shown. */
function ascii(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
