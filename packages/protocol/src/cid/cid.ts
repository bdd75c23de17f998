import { concatBytes, utf8 } from '@keymesh/foundation';
import { sha256 } from '@noble/hashes/sha2.js';
import { base32nopad, base58 } from '@scure/base';
import { ProtocolError } from '../errors.ts';

/** Longest text that is looked at. A CIDv0 has 46 characters, a CIDv1 of SHA-256 59. */
export const CID_CHARS_MAX = 64;
/** `ipfs add` cuts files into pieces of so many bytes … */
const CHUNK_BYTES = 262_144;
/** … and links so many of them to one node. */
const LINKS_MAX = 174;

const CODEC_DAG_PB = 0x70;
const CODEC_RAW = 0x55;
/** Multihash: function SHA-256 (0x12), 32 bytes. */
const SHA256_PREFIX = Uint8Array.of(0x12, 0x20);
const MULTIHASH_BYTES = 34;

/** A block of the tree, as its parent names it. */
interface Block {
  readonly codec: number;
  readonly multihash: Uint8Array;
  /** Bytes of the file below it. */
  readonly fileBytes: number;
  /** Bytes of all blocks below it and of itself. */
  readonly totalBytes: number;
}

/**
 * The CID that `ipfs add` gives a file with this text. Version 1 is that of `--cid-version=1`, whose leaves are raw.
 * @param source text, taken as UTF-8, or bytes.
 * @see https://github.com/ipfs/specs/blob/main/UNIXFS.md
 */
export function cidOf(source: string | Uint8Array, version: 0 | 1 = 0): string {
  const bytes = typeof source === 'string' ? utf8(source) : source;
  const leafOf = version === 0 ? fileLeaf : rawLeaf;
  let level: Block[] = chunks(bytes).map(leafOf);
  while (level.length > 1) level = groups(level, LINKS_MAX).map((children) => fileNode(children, version));
  return textOf(level[0] as Block, version);
}

/** Whether a text has the form of a CID whose content this network can check. */
export function isCid(text: string): boolean {
  return multihashOf(text) !== undefined;
}

/** @throws ProtocolError `cid/malformed` */
export function assertCid(text: string): void {
  if (isCid(text)) return;
  throw new ProtocolError('This is not a CID of a SHA-256 hash.', {
    code: 'cid/malformed',
    fault: 'caller',
    hint: 'Use what `keymesh action cid` or `ipfs add` prints: Qm… or bafy… or bafk….',
  });
}

/** Whether a text is what a CID names. */
export function isContentOf(source: string, cid: string): boolean {
  return isCid(cid) && cid === cidOf(source, cid.startsWith('Qm') ? 0 : 1);
}

/**
 * The bytes by which contracts know a CIDv0: its multihash.
 * @returns `undefined` for a text that is no CID, 34 bytes otherwise.
 */
export function multihashOf(text: string): Uint8Array | undefined {
  if (text.length > CID_CHARS_MAX) return undefined;
  try {
    const multihash = text.startsWith('b') ? version1(text.slice(1)) : base58.decode(text);
    const isSha256 = multihash.length === MULTIHASH_BYTES && multihash[0] === 0x12 && multihash[1] === 0x20;
    return isSha256 ? multihash : undefined;
  } catch {
    return undefined;
  }
}

/** A CIDv0 from the bytes of a contract. */
export function cidOfMultihash(multihash: Uint8Array): string {
  return base58.encode(multihash);
}

function version1(digits: string): Uint8Array {
  const bytes = base32nopad.decode(digits.toUpperCase());
  const isKnown = bytes[0] === 1 && (bytes[1] === CODEC_DAG_PB || bytes[1] === CODEC_RAW);
  return isKnown && digits === digits.toLowerCase() ? bytes.subarray(2) : new Uint8Array(0);
}

function textOf({ codec, multihash }: Block, version: 0 | 1): string {
  if (version === 0) return base58.encode(multihash);
  return `b${base32nopad.encode(cidv1(codec, multihash)).toLowerCase()}`;
}

function chunks(bytes: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / CHUNK_BYTES));
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES));
}

function groups<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

function rawLeaf(chunk: Uint8Array): Block {
  return blockOf(CODEC_RAW, chunk, chunk.length, 0);
}

/** UnixFS `Data` of type File (2), inside a dag-pb node without links. */
function fileLeaf(chunk: Uint8Array): Block {
  const data = chunk.length === 0 ? new Uint8Array(0) : field(2, chunk);
  const unixfs = concatBytes(number(1, 2), data, number(3, chunk.length));
  return blockOf(CODEC_DAG_PB, field(1, unixfs), chunk.length, 0);
}

/** A node that links to others. dag-pb puts links before data. */
function fileNode(children: readonly Block[], version: 0 | 1): Block {
  const fileBytes = children.reduce((sum, child) => sum + child.fileBytes, 0);
  const links = children.map((child) => field(2, linkTo(child, version)));
  const sizes = children.map((child) => number(4, child.fileBytes));
  const unixfs = concatBytes(number(1, 2), number(3, fileBytes), ...sizes);
  const below = children.reduce((sum, child) => sum + child.totalBytes, 0);
  return blockOf(CODEC_DAG_PB, concatBytes(...links, field(1, unixfs)), fileBytes, below);
}

/** `PBLink`: the child's CID, an empty name, size. A CIDv0 is only its multihash. */
function linkTo({ codec, multihash, totalBytes }: Block, version: 0 | 1): Uint8Array {
  const hash = version === 0 ? multihash : cidv1(codec, multihash);
  return concatBytes(field(1, hash), field(2, new Uint8Array(0)), number(3, totalBytes));
}

function cidv1(codec: number, multihash: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(1, codec), multihash);
}

function blockOf(codec: number, bytes: Uint8Array, fileBytes: number, below: number): Block {
  const multihash = concatBytes(SHA256_PREFIX, sha256(bytes));
  return { codec, multihash, fileBytes, totalBytes: below + bytes.length };
}

/** A protobuf field of bytes. */
function field(tag: number, bytes: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of((tag << 3) | 2), varint(bytes.length), bytes);
}

/** A protobuf field of a number. */
function number(tag: number, value: number): Uint8Array {
  return concatBytes(Uint8Array.of(tag << 3), varint(value));
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Uint8Array.of(...bytes, rest);
}
