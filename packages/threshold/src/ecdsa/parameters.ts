import type { Curve, CurveName } from '../curves/index.ts';
import { invalidParameters } from './errors.ts';

/**
 * The numbers of the protocol, each with its source. docs/spec/threshold-ecdsa.md §3 has the reasons. None of them is
 * an option: parties with other numbers speak another protocol.
 */

/**
 * Computational security λ_c: base transfers, and the output of every consistency check; the same for all curves. Bits.
 * DKLs23 (ePrint 2023/765) §5.
 */
export const COMPUTATIONAL_SECURITY_BITS = 128;
/** Statistical security λ_s of what a selective failure may leak. Bits. */
export const STATISTICAL_SECURITY_BITS = 80;

/** ℓ: values that one multiplication multiplies by the same random factor: instance key and key share. DKLs23 Protocol 3.6. */
export const INPUT_COUNT = 2;
/** ρ = ⌈λ_c / κ⌉: check values in a multiplication; one, as no order is shorter than λ_c. DKLs23 Protocol 5.2. */
export const CHECK_COUNT = 1;
/** Scalars that each transfer carries. */
export const WIDTH = INPUT_COUNT + CHECK_COUNT;

/** A base transfer's key, and a row of the extension matrix. Bytes. */
export const BLOCK_BYTES = COMPUTATIONAL_SECURITY_BITS / 8;
/** Base transfers: one for each column of the extension matrix, that is for each bit of a row. */
export const BASE_TRANSFERS = 8 * BLOCK_BYTES;
/** The curve of the base transfers, which serve the multiplications on all curves. */
export const BASE_TRANSFER_CURVE: CurveName = 'secp256k1';

/** Digests, nonces, execution and epoch ids, entropy. Bytes. */
export const DIGEST_BYTES = 32;
/** First byte of every message and stored state. Another number is another protocol. */
export const VERSION = 1;

/** What depends on the group order. */
export interface CurveParameters {
  /** κ, the length of the order. Bits. */
  readonly orderBits: number;
  /**
   * Length of a pad before it is reduced, so that its distance from uniform is at most 2^-127: as long as the order
   * where that is 2^κ − c with a small c, else 128 bits longer. Bytes.
   */
  readonly padBytes: number;
  /** Length of the message digest that is signed: that of SHA-256 or SHA-384 (FIPS 186-5 §6.4). Bytes. */
  readonly messageDigestBytes: number;
  /** ξ = κ + 2λ_s: bits that encode the random factor. DKLs23 Protocol 5.2. */
  readonly factorBits: number;
  /** Blocks of 128 rows that the universal hash compresses: the rows of the factor, filled up. SoftSpokenOT (ePrint 2022/192) §4. */
  readonly hashedBlocks: number;
  /** Rows of the extension: the hashed ones, and one block of random ones that hides them in the check. */
  readonly rows: number;
  /** One column of the extension matrix. Bytes. */
  readonly columnBytes: number;
}

function forOrder(orderBits: number, padBytes: number, messageDigestBytes: number): CurveParameters {
  const factorBits = orderBits + 2 * STATISTICAL_SECURITY_BITS;
  const hashedBlocks = Math.ceil(factorBits / COMPUTATIONAL_SECURITY_BITS);
  const rows = (hashedBlocks + 1) * COMPUTATIONAL_SECURITY_BITS;
  return { orderBits, padBytes, messageDigestBytes, factorBits, hashedBlocks, rows, columnBytes: rows / 8 };
}

const PARAMETERS = {
  // 2^256 − c with c < 2^129: a pad of 256 bits is biased by less than 2^-127.
  secp256k1: forOrder(256, 32, 32),
  // 2^256 − 2^224 + …: 256 bits would be biased by 2^-32.
  p256: forOrder(256, 48, 32),
  // 2^384 − c with c < 2^190.
  p384: forOrder(384, 48, 48),
} as const satisfies Partial<Record<CurveName, CurveParameters>>;

/** The curves that there is ECDSA on. */
export type EcdsaCurveName = keyof typeof PARAMETERS;

/** @throws ThresholdError `ecdsa/invalid-parameters` for a curve without ECDSA. */
export function parametersOf(curve: Curve): CurveParameters {
  if (!Object.hasOwn(PARAMETERS, curve.name)) throw invalidParameters(`there is no ECDSA on ${curve.name}`);
  return PARAMETERS[curve.name as EcdsaCurveName];
}
