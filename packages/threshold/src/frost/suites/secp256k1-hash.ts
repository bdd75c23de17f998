import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { FieldHash } from './field-hashes.ts';

/** RFC 9591 §6.5, with L = (256 + 128) / 8 bytes. Two suites use it. */
export const SECP256K1_HASH: FieldHash = {
  order: secp256k1.Point.Fn.ORDER,
  hash: 'SHA-256',
  expandedBytes: 48,
  digest: sha256,
};
