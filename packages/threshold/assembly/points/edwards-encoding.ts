/**
 * Points of an Edwards curve as y and a sign of x (RFC 8032 §5.2.2 and §5.2.3; the same for Jubjub). The curve has points of
 * small order, so decoding has to see that a point is of prime order.
 */
import { A_IS_ONE, COFACTOR_BITS, D, DELTA, FIELD_BYTES, INVERSION, ONE, ONE_MINUS_DELTA } from './constants';
import { completeAffine, Y, Z } from './edwards';
import { add, multiply, square, subtract } from './field';
import { areEqual, copy, ELEMENT, fromBytes, isOdd, isZero, negate, power, toBytes } from './field-operations';
import { inverseSquareRoot } from './square-root';

const u = memory.data(ELEMENT, 16);
const v = memory.data(ELEMENT, 16);
const w = memory.data(ELEMENT, 16);
const root = memory.data(ELEMENT, 16);
const halved = memory.data(ELEMENT, 16);

export function isIdentityPoint(p: usize): bool {
  return isZero(p) && areEqual(Y(p), Z(p));
}

export function arePointsEqual(p: usize, q: usize): bool {
  multiply(u, p, Z(q));
  multiply(v, q, Z(p));
  if (!areEqual(u, v)) return false;
  multiply(u, Y(p), Z(q));
  multiply(v, Y(q), Z(p));
  return areEqual(u, v);
}

/** From y, little-endian, and a byte that is 1 if x is odd. Of prime order, and not the identity. */
export function decodePoint(out: usize, bytes: usize): bool {
  if (!decodeTrustedPoint(out, bytes)) return false;
  copy(halved, Y(out));
  return isOfPrimeOrder(halved);
}

/** The same for whoever knows that the order is prime. */
export function decodeTrustedPoint(out: usize, bytes: usize): bool {
  const negative = load<u8>(bytes + FIELD_BYTES) !== 0;
  if (!fromBytes(Y(out), bytes, FIELD_BYTES)) return false;
  // x² = (y² − 1) / (d·y² − a) = u / v, and its root is u · (u·v)^(−1/2).
  square(u, Y(out));
  multiply(v, u, D);
  subtract(u, u, ONE);
  if (A_IS_ONE) subtract(v, v, ONE);
  else add(v, v, ONE);
  multiply(w, u, v);
  // x = 0 is the identity, or of order two.
  if (!inverseSquareRoot(root, w)) return false;
  multiply(out, u, root);
  if (isOdd(out) !== negative) negate(out, out);
  completeAffine(out);
  return true;
}

/**
 * Whether a point of the curve, which is not of order one or two, is of prime order: whether it can be halved as often as
 * the cofactor 2^COFACTOR_BITS says. (Points of small order form a cyclic group, since a is a square and d is not.)
 *
 * With δ = d/a, a point is twice a point Q exactly if (1 − δ)·(1 − δ·y²) is a square r² (it is x of the point on the
 * equivalent curve y² = x·(x² + …), up to squares, and x is a square exactly for doubles). Solving the formulas of doubling
 * for y_Q² gives 1 − y_Q² = (−(1 − δ) ± r) / (δ·(1 + y)), and the sign is the one that makes y_Q² a square. The
 * two halves differ by the point of order two, which can itself be halved as often as matters here, so either serves.
 *
 * @param y overwritten.
 */
function isOfPrimeOrder(y: usize): bool {
  for (let halvings = COFACTOR_BITS; halvings > 1; halvings--) {
    if (!isDouble(y)) return false;
    // v = r, u = δ·(1 + y), w = u · y_Q² = u + (1 − δ) ∓ r
    multiply(v, u, root);
    add(u, ONE, y);
    multiply(u, u, DELTA);
    add(w, u, ONE_MINUS_DELTA);
    subtract(w, w, v);
    multiply(y, u, w);
    if (!inverseSquareRoot(root, y)) {
      add(w, w, v);
      add(w, w, v);
      multiply(y, u, w);
      if (!inverseSquareRoot(root, y)) return false;
    }
    multiply(y, w, root);
  }
  return isDouble(y);
}

/** Leaves (1 − δ)·(1 − δ·y²) in u, and one over its root in `root`. */
function isDouble(y: usize): bool {
  square(u, y);
  multiply(u, u, DELTA);
  subtract(u, ONE, u);
  multiply(u, u, ONE_MINUS_DELTA);
  return inverseSquareRoot(root, u);
}

/** The inverse of `decodePoint`. */
export function encodePoint(bytes: usize, p: usize): void {
  power(u, Z(p), INVERSION);
  multiply(v, Y(p), u);
  toBytes(bytes, v, FIELD_BYTES);
  multiply(v, p, u);
  store<u8>(bytes + FIELD_BYTES, isOdd(v) ? 1 : 0);
}
