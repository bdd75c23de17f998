import { equalBytes } from '@keymesh/foundation';
import { ecb } from '@noble/ciphers/aes.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { ThresholdError } from '../errors.ts';

/**
 * The symmetric cryptography of the oblivious transfer, where its volume is: hundreds of kilobytes for a presignature.
 * Everything else hashes with `Transcript`.
 *
 * Model: AES-256 is an ideal cipher, SHA-256 a random oracle.
 */
export interface SymmetricPrimitives {
  readonly backend: 'noble' | 'openssl';
  /**
   * AES-256 on each block of 16 bytes by itself (FIPS 197; ECB mode without padding).
   * @param key 32 bytes.
   * @param blocks a multiple of 16 bytes; not changed.
   */
  encryptBlocks(key: Uint8Array, blocks: Uint8Array): Uint8Array;
  sha256(bytes: Uint8Array): Uint8Array;
}

/** The reference, which runs everywhere. Its AES uses tables: NOT constant-time. */
export const noblePrimitives: SymmetricPrimitives = {
  backend: 'noble',
  encryptBlocks: (key, blocks) => ecb(key, { disablePadding: true }).encrypt(blocks),
  sha256: (bytes) => sha256(bytes),
};

/** For the self-test: FIPS 197 appendix C.3 is key 00 … 1f on block 00 11 … ff. */
const SELF_TEST_KEY = Uint8Array.from({ length: 32 }, (_, i) => i);
const SELF_TEST_BLOCKS = Uint8Array.from({ length: 64 }, (_, i) => (17 * i) & 0xff);

/**
 * Refuses primitives that do not compute what the reference computes.
 * @throws ThresholdError `ecdsa/primitives-unavailable`.
 */
export function assertSamePrimitives(primitives: SymmetricPrimitives): SymmetricPrimitives {
  const same =
    equalBytes(
      primitives.encryptBlocks(SELF_TEST_KEY, SELF_TEST_BLOCKS),
      noblePrimitives.encryptBlocks(SELF_TEST_KEY, SELF_TEST_BLOCKS),
    ) && equalBytes(primitives.sha256(SELF_TEST_BLOCKS), noblePrimitives.sha256(SELF_TEST_BLOCKS));
  if (same) return primitives;
  throw new ThresholdError('The symmetric cryptography of this platform gives other results than the reference.', {
    code: 'ecdsa/primitives-unavailable',
    fault: 'environment',
    hint: 'Pass noblePrimitives instead, and report the platform.',
    details: { backend: primitives.backend },
  });
}
