/**
 * The numbers of the protocol, each with its source. docs/spec/threshold-ecdsa.md §3 has the reasons. None of them is
 * an option: parties with other numbers speak another protocol.
 */

/** Computational security λ_c: base transfers, and the output of every consistency check. Bits. DKLs23 (ePrint 2023/765) §5. */
export const COMPUTATIONAL_SECURITY_BITS = 128;
/** Statistical security λ_s of what a selective failure may leak. Bits. */
export const STATISTICAL_SECURITY_BITS = 80;
/** κ, the length of the group order. The curves of 256 bits only. Bits. */
export const ORDER_BITS = 256;

/** ℓ: values that one multiplication multiplies by the same random factor: instance key and key share. DKLs23 Protocol 3.6. */
export const INPUT_COUNT = 2;
/** ρ = ⌈λ_c / κ⌉: check values in a multiplication. DKLs23 Protocol 5.2. */
export const CHECKS = Math.ceil(COMPUTATIONAL_SECURITY_BITS / ORDER_BITS);
/** Scalars that each transfer carries. */
export const WIDTH = INPUT_COUNT + CHECKS;
/** ξ = κ + 2λ_s: bits that encode the random factor. DKLs23 Protocol 5.2. */
export const FACTOR_BITS = ORDER_BITS + 2 * STATISTICAL_SECURITY_BITS;

/** A base transfer's key, and a row of the extension matrix. Bytes. */
export const BLOCK_BYTES = COMPUTATIONAL_SECURITY_BITS / 8;
/** Base transfers: one for each column of the extension matrix, that is for each bit of a row. */
export const BASE_TRANSFERS = 8 * BLOCK_BYTES;

/** Blocks of 128 rows that the universal hash compresses: the rows of the factor, filled up. SoftSpokenOT (ePrint 2022/192) §4. */
export const HASHED_BLOCKS = Math.ceil(FACTOR_BITS / COMPUTATIONAL_SECURITY_BITS);
/** Rows of the extension: the hashed ones, and one block of random ones that hides them in the check. */
export const ROWS = (HASHED_BLOCKS + 1) * COMPUTATIONAL_SECURITY_BITS;
/** One column of the extension matrix. Bytes. */
export const COLUMN_BYTES = ROWS / 8;

/** Digests, nonces, execution and epoch ids, entropy. Bytes. */
export const DIGEST_BYTES = 32;
/** First byte of every message and stored state. Another number is another protocol. */
export const VERSION = 1;
