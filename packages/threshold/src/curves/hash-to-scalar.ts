import { bytesToBigint } from '@keymesh/foundation';
import { expand_message_xmd, expand_message_xof } from '@noble/curves/abstract/hash-to-curve.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { shake256 } from '@noble/hashes/sha3.js';

type Expand = (message: Uint8Array, tag: Uint8Array, bytes: number) => Uint8Array;

/** k of RFC 9380 §5.3.3, which matters for tags above 255 bytes only. Bits. */
const SHAKE256_SECURITY_BITS = 224;

/** RFC 9380 §5.3: `expand_message_xmd` for hash functions of fixed length, `expand_message_xof` for SHAKE256. */
const EXPANSIONS = {
  'SHA-256': (message, tag, bytes) => expand_message_xmd(message, tag, bytes, sha256),
  'SHA-384': (message, tag, bytes) => expand_message_xmd(message, tag, bytes, sha384),
  'SHA-512': (message, tag, bytes) => expand_message_xmd(message, tag, bytes, sha512),
  'BLAKE2b-512': (message, tag, bytes) => expand_message_xmd(message, tag, bytes, blake2b),
  SHAKE256: (message, tag, bytes) => expand_message_xof(message, tag, bytes, SHAKE256_SECURITY_BITS, shake256),
} as const satisfies Record<string, Expand>;

/** What `hashToScalar` needs to know besides the message. */
export interface HashToScalarParameters {
  /** Modulus of the field. */
  readonly order: bigint;
  readonly hash: keyof typeof EXPANSIONS;
  /** Domain separation tag. */
  readonly tag: Uint8Array;
  /** L, the bytes that are reduced: at least (order bits + 128) / 8. */
  readonly expandedBytes: number;
  /** How the expanded bytes are read; RFC 9380 says big-endian, which is the default. */
  readonly byteOrder?: 'big' | 'little';
}

/** `hash_to_field` with m = 1 and one element (RFC 9380 §5.2). */
export function hashToScalar(message: Uint8Array, parameters: HashToScalarParameters): bigint {
  const { order, hash, tag, expandedBytes, byteOrder } = parameters;
  const expanded = EXPANSIONS[hash](message, tag, expandedBytes);
  return bytesToBigint(byteOrder === 'little' ? expanded.reverse() : expanded) % order;
}
