/**
 * A group of prime order in which protocols run, behind one interface with a readable reference implementation
 * (`noble.ts`) and faster ones. A suite, a DKG or a sharing names a `Curve` and never a library.
 *
 * Scalars are `bigint` in [0, order). Two kinds of multiplication exist because they differ in what an observer of
 * time may learn: `multiply*` without suffix takes SECRET scalars and uses a constant-time backend where the platform
 * has one; `*Public` may take time that depends on the scalar. Which backend is constant-time stands in the README.
 */

/** The network has a root key on each of them (root-keys.ts). */
export type CurveName =
  | 'secp256k1'
  | 'ed25519'
  | 'bls12381g1'
  | 'p256'
  | 'p384'
  | 'ristretto255'
  | 'ed448'
  | 'redjubjub'
  | 'decaf377';

declare const point: unique symbol;
/** A group element. Only the curve that made it can use it. */
export type Point = { readonly [point]: true };

/** The library that computes. Which of them are constant-time stands in the README. */
export type CurveBackend = 'noble' | 'libsecp256k1' | 'libsodium' | 'wasm';

export interface Curve {
  readonly name: CurveName;
  readonly backend: CurveBackend;
  /** Prime order of the group. */
  readonly order: bigint;
  /** Length of an encoded scalar. Bytes. */
  readonly scalarBytes: number;
  /** Length of an encoded point. Bytes. */
  readonly pointBytes: number;
  readonly generator: Point;
  readonly identity: Point;

  /** A scalar in the curve's usual byte order: big-endian for secp256k1, bls12381g1, p256 and p384, else little-endian. */
  encodeScalar(scalar: bigint): Uint8Array;
  /** @throws KeymeshError `curve/invalid-scalar` for a wrong length or a value that is not below the order. */
  decodeScalar(bytes: Uint8Array): bigint;

  /**
   * Compressed form: SEC1 for secp256k1, p256 and p384, RFC 8032 for ed25519 and ed448, ZCash for BLS12-381 and
   * redjubjub, RFC 9496 for ristretto255, Penumbra for decaf377.
   * @throws KeymeshError `curve/invalid-point` for the identity, which `decodePoint` refuses as well.
   */
  encodePoint(point: Point): Uint8Array;
  /**
   * Decodes and validates: canonical encoding, on the curve, in the prime-order subgroup, not the identity.
   * @throws KeymeshError `curve/invalid-point`.
   */
  decodePoint(bytes: Uint8Array): Point;

  equals(a: Point, b: Point): boolean;
  isIdentity(point: Point): boolean;
  add(a: Point, b: Point): Point;
  negate(point: Point): Point;

  /** secret · generator. The scalar must be in [1, order). */
  multiplyBase(secret: bigint): Point;
  /** secret · point. The scalar must be in [1, order). */
  multiply(point: Point, secret: bigint): Point;
  /** scalar · point for PUBLIC scalars, zero included. */
  multiplyPublic(point: Point, scalar: bigint): Point;
  /** scalar · generator for PUBLIC scalars, zero included. */
  multiplyBasePublic(scalar: bigint): Point;
  /** Σ scalars[i] · points[i] for PUBLIC scalars. Same length; empty gives the identity. */
  sumOfProductsPublic(points: readonly Point[], scalars: readonly bigint[]): Point;
}

/** One implementation of every curve. Protocols take it as an argument; there is no current choice anywhere. */
export type Curves = Readonly<Record<CurveName, Curve>>;
