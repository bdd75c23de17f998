import { bigintToBytes, fromHex, type RandomSource } from '@keymesh/foundation';
import { ThresholdError } from '../errors.ts';

/**
 * BLS12-381 as the signatures and the encryption of this package need it: public keys in G1 (48 bytes), signatures in
 * G2 (96 bytes), both compressed as in draft-irtf-cfrg-pairing-friendly-curves, Appendix C (the "ZCash" form).
 *
 * One behaviour suite (test/bls/backend.behavior.ts) runs against every implementation.
 */

/** Domain separation of the hash to G2: proof-of-possession scheme of draft-irtf-cfrg-bls-signature-05 §4.2.3. */
export const BLS_DST = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_';

/** Prime order r of G1, G2 and GT. */
export const BLS_ORDER = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;

/** Length of an encoded scalar. Bytes. */
export const SCALAR_BYTES = 32;
/** Length of a compressed point of G1: a public key or verifying share. Bytes. */
export const G1_BYTES = 48;
/** Length of a compressed point of G2: a signature or partial signature. Bytes. */
export const G2_BYTES = 96;
/** Length of an element of GT: twelve coefficients of 48 bytes. Bytes. */
export const GT_BYTES = 576;

/** The generator of G1, compressed. */
export const G1_GENERATOR: Uint8Array = fromHex(
  '97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb',
);

const ORDER_BYTES = bigintToBytes(BLS_ORDER, SCALAR_BYTES);

declare const g1: unique symbol;
declare const g2: unique symbol;
/** An element of G1. Only the backend that made it can use it. */
export type G1Point = { readonly [g1]: true };
/** An element of G2. Only the backend that made it can use it. */
export type G2Point = { readonly [g2]: true };

/**
 * What a library must do. Secret scalars are 32 big-endian bytes in [1, r), never `bigint` in this interface, so that
 * an implementation can keep them out of it; `random` feeds the blinding of backends that are not constant-time.
 */
export interface BlsBackend {
  /** For logs and tables. Which of them are constant-time stands in the package's README. */
  readonly name: string;

  /**
   * Decodes and validates: length, canonical form, on the curve, in the prime-order subgroup, not the identity.
   * @throws ThresholdError `curve/invalid-point`.
   */
  decodeG1(bytes: Uint8Array): G1Point;
  /** As `decodeG1`, for G2. @throws ThresholdError `curve/invalid-point`. */
  decodeG2(bytes: Uint8Array): G2Point;
  /** 48 bytes. @throws ThresholdError `curve/invalid-point` for the identity. */
  encodeG1(point: G1Point): Uint8Array;
  /** 96 bytes. @throws ThresholdError `curve/invalid-point` for the identity. */
  encodeG2(point: G2Point): Uint8Array;

  /** hash_to_curve of RFC 9380 §3 in the suite BLS12381G2_XMD:SHA-256_SSWU_RO_ with `BLS_DST`. */
  hashToG2(message: Uint8Array): G2Point;

  /** secret · generator of G1. @throws ThresholdError `curve/invalid-scalar`. */
  multiplyG1Base(secret: Uint8Array, random: RandomSource): G1Point;
  /** secret · point. @throws ThresholdError `curve/invalid-scalar`. */
  multiplyG1(point: G1Point, secret: Uint8Array, random: RandomSource): G1Point;
  /** secret · hashToG2(message): a signature. @throws ThresholdError `curve/invalid-scalar`. */
  sign(secret: Uint8Array, message: Uint8Array, random: RandomSource): G2Point;

  /** Σ scalars[i] · points[i] for PUBLIC integers of any size and sign. Same length, at least one. */
  sumOfProductsG1(points: readonly G1Point[], scalars: readonly bigint[]): G1Point;
  /** Σ scalars[i] · points[i] for PUBLIC integers of any size and sign. Same length, at least one. */
  sumOfProductsG2(points: readonly G2Point[], scalars: readonly bigint[]): G2Point;

  /**
   * The optimal ate pairing, 576 bytes: coefficients c0.c0.c0, c0.c0.c1, c0.c1.c0, … of Fp12 = ((Fp2)^3)^2, each
   * 48 bytes big-endian.
   * @throws ThresholdError `curve/invalid-point` if a point is the identity.
   */
  pairing(p: G1Point, q: G2Point): Uint8Array;
  /** Whether e(generator, signature) = e(publicKey, hashToG2(message)). False if either point is the identity. */
  verify(publicKey: G1Point, message: Uint8Array, signature: G2Point): boolean;
}

/**
 * Byte by byte and without a branch on the value, so that no copy of the secret is made and no time depends on it.
 * @throws ThresholdError `curve/invalid-scalar` unless the bytes are a scalar in [1, r). The scalar is not shown.
 */
export function assertSecretScalar(secret: Uint8Array): void {
  if (secret.length === SCALAR_BYTES) {
    let anyBit = 0;
    let borrow = 0;
    for (let i = SCALAR_BYTES - 1; i >= 0; i--) {
      const byte = secret[i] as number;
      anyBit |= byte;
      borrow = ((byte - (ORDER_BYTES[i] as number) - borrow) >> 31) & 1;
    }
    if (anyBit !== 0 && borrow === 1) return;
  }
  throw new ThresholdError('A BLS secret scalar has the wrong length or is outside its range.', {
    code: 'curve/invalid-scalar',
    fault: 'caller',
    hint: 'Give 32 big-endian bytes of an integer in [1, r).',
  });
}

/** The error for bytes or results that are no usable group element. */
export function invalidPoint(group: 'G1' | 'G2', cause?: unknown): ThresholdError {
  return new ThresholdError(
    `Not a point of BLS12-381 ${group} of prime order in canonical form, other than the identity.`,
    { code: 'curve/invalid-point', fault: 'caller', details: { group }, ...(cause === undefined ? {} : { cause }) },
  );
}

/** A public integer as sign and a magnitude below r, for libraries that take scalars in [0, r). */
export function reduceSigned(scalar: bigint): { readonly negative: boolean; readonly magnitude: bigint } {
  const magnitude = scalar < 0n ? -scalar : scalar;
  return { negative: scalar < 0n, magnitude: magnitude < BLS_ORDER ? magnitude : magnitude % BLS_ORDER };
}

/** @throws ThresholdError `sharing/wrong-share-count` unless there is one scalar per point and at least one point. */
export function assertProducts(points: readonly unknown[], scalars: readonly unknown[]): void {
  if (points.length > 0 && points.length === scalars.length) return;
  throw new ThresholdError('A sum of products needs as many scalars as points, and at least one.', {
    code: 'sharing/wrong-share-count',
    fault: 'bug',
    details: { points: points.length, scalars: scalars.length },
  });
}
