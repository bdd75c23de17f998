/**
 * ristretto255 (RFC 9496 §4.3), a group of prime order made of edwards25519: points that differ by one of order four count
 * as one. Roots may have either sign here: each enters squared, or through an absolute value.
 */
import { D, FIELD_BYTES, INVERSE_ROOT_A_MINUS_D, MINUS_ONE_ROOT, ONE } from './constants';
import { completeAffine, T, Y, Z } from './edwards';
import { add, multiply, square, subtract } from './field';
import { areEqual, copy, ELEMENT, fromBytes, isOdd, isZero, negate, toBytes } from './field-operations';
import { inverseSquareRoot } from './square-root';

const u1 = memory.data(ELEMENT, 16);
const u2 = memory.data(ELEMENT, 16);
const v = memory.data(ELEMENT, 16);
const w = memory.data(ELEMENT, 16);
const s = memory.data(ELEMENT, 16);
const root = memory.data(ELEMENT, 16);
const x = memory.data(ELEMENT, 16);
const y = memory.data(ELEMENT, 16);

/** Whether the point is in the identity's class. */
export function isIdentityPoint(p: usize): bool {
  return isZero(p) || isZero(Y(p));
}

/** §4.3.3 */
export function arePointsEqual(p: usize, q: usize): bool {
  multiply(u1, p, Y(q));
  multiply(u2, Y(p), q);
  if (areEqual(u1, u2)) return true;
  multiply(u1, Y(p), Y(q));
  multiply(u2, p, q);
  return areEqual(u1, u2);
}

/** §4.3.1, from a little-endian number and a byte of zero. Not the identity. */
export function decodePoint(out: usize, bytes: usize): bool {
  if (load<u8>(bytes + FIELD_BYTES) !== 0 || !fromBytes(s, bytes, FIELD_BYTES) || isOdd(s)) return false;
  square(w, s);
  subtract(u1, ONE, w);
  add(u2, ONE, w);
  // v = −d·u1² − u2²
  square(x, u1);
  multiply(x, x, D);
  square(y, u2);
  negate(v, x);
  subtract(v, v, y);
  multiply(w, v, y);
  if (!inverseSquareRoot(root, w)) return false;
  // x = |2·s·denominator|
  multiply(x, root, u2);
  multiply(w, root, x);
  multiply(w, w, v);
  add(s, s, s);
  multiply(out, s, x);
  absolute(out);
  multiply(Y(out), u1, w);
  completeAffine(out);
  return !isOdd(T(out)) && !isZero(Y(out)) && !isIdentityPoint(out);
}

/** Nothing can be left out: every element is of prime order. */
export function decodeTrustedPoint(out: usize, bytes: usize): bool {
  return decodePoint(out, bytes);
}

/** §4.3.2. Not for the identity, which has no root. */
export function encodePoint(bytes: usize, p: usize): void {
  add(u1, Z(p), Y(p));
  subtract(u2, Z(p), Y(p));
  multiply(u1, u1, u2);
  multiply(u2, p, Y(p));
  square(w, u2);
  multiply(w, w, u1);
  inverseSquareRoot(root, w);
  // u1 and u2 become the two denominators, v is 1/Z.
  multiply(u1, root, u1);
  multiply(u2, root, u2);
  multiply(v, u1, u2);
  multiply(v, v, T(p));
  multiply(w, T(p), v);
  if (isOdd(w)) {
    multiply(x, Y(p), MINUS_ONE_ROOT);
    multiply(y, p, MINUS_ONE_ROOT);
    multiply(u2, u1, INVERSE_ROOT_A_MINUS_D);
  } else {
    copy(x, p);
    copy(y, Y(p));
  }
  multiply(w, x, v);
  if (isOdd(w)) negate(y, y);
  subtract(s, Z(p), y);
  multiply(s, s, u2);
  absolute(s);
  toBytes(bytes, s, FIELD_BYTES);
  store<u8>(bytes + FIELD_BYTES, 0);
}

function absolute(value: usize): void {
  if (isOdd(value)) negate(value, value);
}
