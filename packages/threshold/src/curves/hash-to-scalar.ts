import { bytesToBigint } from '@keymesh/foundation';
import { expand_message_xmd } from '@noble/curves/abstract/hash-to-curve.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';

const HASHES = { 'SHA-256': sha256, 'SHA-512': sha512 } as const;

/** What `hashToScalar` needs to know besides the message. */
export interface HashToScalarParameters {
  /** Modulus of the field. */
  readonly order: bigint;
  readonly hash: keyof typeof HASHES;
  /** Domain separation tag. */
  readonly tag: Uint8Array;
  /** L, the bytes that are reduced: at least (order bits + 128) / 8. */
  readonly expandedBytes: number;
  /** How the expanded bytes are read; RFC 9380 says big-endian, which is the default. */
  readonly byteOrder?: 'big' | 'little';
}

/** `hash_to_field` with `expand_message_xmd`, m = 1 and one element (RFC 9380 §5.2 and §5.3.1). */
export function hashToScalar(message: Uint8Array, parameters: HashToScalarParameters): bigint {
  const { order, hash, tag, expandedBytes, byteOrder } = parameters;
  const expanded = expand_message_xmd(message, tag, expandedBytes, HASHES[hash]);
  return bytesToBigint(byteOrder === 'little' ? expanded.reverse() : expanded) % order;
}
