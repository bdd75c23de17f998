import { bigintToBytes, bytesToBigint } from '@keymesh/foundation';
import type { AffinePoint } from '@noble/curves/abstract/curve.js';
import { type EdwardsPoint, edwards, PrimeEdwardsPoint } from '@noble/curves/abstract/edwards.js';
import { invalidPoint } from './curve-errors.ts';

const ENCODED_BYTES = 32;

/** The scalar field of BLS12-377, with a = -1 and d = 3021; the curve has order 4·n. */
const edwardsPoint = edwards({
  p: 0x12ab655e9a2ca55660b44d1e5c37b00159aa76fed00000010a11800000000001n,
  n: 0x04aad957a68b2955982d1347970dec005293a3afc43c8afeb95aee9ac33fd9ffn,
  h: 4n,
  a: 0x12ab655e9a2ca55660b44d1e5c37b00159aa76fed00000010a11800000000000n,
  d: 3021n,
  // Of the points that the encoding 08 00 … 00 stands for, the one of order n.
  Gx: 0x07b472fa58022bda814e79393a6020008ea7dfd6e00000006dce555555555556n,
  Gy: 0x05454a5844e52a7376f2cba0211beb280bef23cf81cd527573d4d205e9261d49n,
});
const { Fp, Fn } = edwardsPoint;
const { a, d } = edwardsPoint.CURVE();
const A_MINUS_D = Fp.sub(a, d);
const FOUR_D = Fp.mul(4n, d);

/** "Negative" means odd, as a residue in [0, p). */
const isNegative = (value: bigint): boolean => (value & 1n) === 1n;
const absolute = (value: bigint): bigint => (isNegative(value) ? Fp.neg(value) : value);

/** A root of 1 / value, of either sign; undefined if there is none, as for zero. */
function inverseRoot(value: bigint): bigint | undefined {
  if (Fp.is0(value)) return undefined;
  try {
    return Fp.sqrt(Fp.inv(value));
  } catch {
    return undefined;
  }
}

/**
 * decaf377, a group of prime order: the even points of an Edwards curve over the scalar field of BLS12-377, where
 * points that differ by the point (0, -1) of order two count as one.
 *
 * Specification: Penumbra protocol, "decaf377" (Decaf of Hamburg, CRYPTO 2015, with the encoding of Ristretto).
 * Validation is in the encoding: what decodes is in the group, and each element has one encoding.
 */
export class Decaf377Point extends PrimeEdwardsPoint<Decaf377Point> {
  static override BASE = new Decaf377Point(edwardsPoint.BASE);
  static override ZERO = new Decaf377Point(edwardsPoint.ZERO);
  static override Fp = Fp;
  static override Fn = Fn;

  /** Of a representative on the Edwards curve, which has to be an even point. */
  static fromAffine(representative: AffinePoint<bigint>): Decaf377Point {
    return new Decaf377Point(edwardsPoint.fromAffine(representative));
  }

  /**
   * Decoding: the lines are steps 1 to 7 of the specification. The sign of the root does not matter before step 6.
   * @throws ThresholdError `curve/invalid-point` for bytes that encode no element. The identity does decode.
   */
  static override fromBytes(bytes: Uint8Array): Decaf377Point {
    const s = bytesToBigint(bytes.slice().reverse());
    if (bytes.length !== ENCODED_BYTES || s >= Fp.ORDER || isNegative(s)) throw invalidPoint('decaf377');
    const square = Fp.sqr(s);
    const u1 = Fp.sub(1n, square);
    const u2 = Fp.sub(Fp.sqr(u1), Fp.mul(FOUR_D, square));
    const root = inverseRoot(Fp.mul(u2, Fp.sqr(u1)));
    if (root === undefined) throw invalidPoint('decaf377');
    const twiceSU1 = Fp.mul(Fp.mul(2n, s), u1);
    const v = isNegative(Fp.mul(twiceSU1, root)) ? Fp.neg(root) : root;
    const x = Fp.mul(Fp.mul(twiceSU1, Fp.sqr(v)), u2);
    const y = Fp.mul(Fp.mul(Fp.add(1n, square), v), u1);
    return Decaf377Point.fromAffine({ x, y });
  }

  static override fromHex(hex: string): Decaf377Point {
    return Decaf377Point.fromBytes(bigintToBytes(BigInt(`0x${hex}`), ENCODED_BYTES));
  }

  /** Encoding: steps 1 to 5 of the specification. The identity has no root, takes zero instead, and encodes as zero. */
  toBytes(): Uint8Array {
    const { X, Z, T } = this.ep;
    const u1 = Fp.mul(Fp.add(X, T), Fp.sub(X, T));
    const v = inverseRoot(Fp.mul(Fp.mul(u1, A_MINUS_D), Fp.sqr(X))) ?? 0n;
    const u2 = absolute(Fp.mul(v, u1));
    const u3 = Fp.sub(Fp.mul(u2, Z), T);
    const s = absolute(Fp.mul(Fp.mul(A_MINUS_D, v), Fp.mul(u3, X)));
    return bigintToBytes(s, ENCODED_BYTES).reverse();
  }

  /** x₁·y₂ = x₂·y₁ */
  equals(other: Decaf377Point): boolean {
    return Fp.eql(Fp.mul(this.ep.X, other.ep.Y), Fp.mul(other.ep.X, this.ep.Y));
  }

  is0(): boolean {
    return this.equals(Decaf377Point.ZERO);
  }

  protected assertSame(other: Decaf377Point): void {
    if (!(other instanceof Decaf377Point)) throw invalidPoint('decaf377');
  }

  protected init(ep: EdwardsPoint): Decaf377Point {
    return new Decaf377Point(ep);
  }
}
