/**
 * decaf377 (Penumbra protocol), a group of prime order: the even points of an Edwards curve, where points that differ by
 * (0, −1) count as one. `src/curves/decaf377.ts` is the readable form of this. Roots may have either sign.
 */
import { A_MINUS_D, FIELD_BYTES, FOUR_D, ONE } from './constants';
import { completeAffine, T, Y, Z } from './edwards';
import { add, multiply, square, subtract } from './field';
import { areEqual, ELEMENT, fromBytes, isOdd, isZero, negate, toBytes } from './field-operations';
import { inverseSquareRoot } from './square-root';

const u1 = memory.data(ELEMENT, 16);
const u2 = memory.data(ELEMENT, 16);
const v = memory.data(ELEMENT, 16);
const w = memory.data(ELEMENT, 16);
const s = memory.data(ELEMENT, 16);
const squared = memory.data(ELEMENT, 16);
const root = memory.data(ELEMENT, 16);

export function isIdentityPoint(p: usize): bool {
  return isZero(p);
}

/** x₁·y₂ = x₂·y₁ */
export function arePointsEqual(p: usize, q: usize): bool {
  multiply(u1, p, Y(q));
  multiply(u2, q, Y(p));
  return areEqual(u1, u2);
}

/** Steps 1 to 7 of the specification, from a little-endian number and a byte of zero. Not the identity. */
export function decodePoint(out: usize, bytes: usize): bool {
  if (load<u8>(bytes + FIELD_BYTES) !== 0 || !fromBytes(s, bytes, FIELD_BYTES) || isOdd(s)) return false;
  square(squared, s);
  subtract(u1, ONE, squared);
  // u2 = u1² − 4·d·s²
  square(w, u1);
  multiply(v, FOUR_D, squared);
  subtract(u2, w, v);
  multiply(v, u2, w);
  if (!inverseSquareRoot(root, v)) return false;
  // v is the root with 2·s·u1·v not negative.
  add(w, s, s);
  multiply(w, w, u1);
  multiply(v, w, root);
  if (isOdd(v)) negate(root, root);
  // x = 2·s·u1·v²·u2, y = (1 + s²)·v·u1
  square(v, root);
  multiply(w, w, v);
  multiply(out, w, u2);
  add(squared, squared, ONE);
  multiply(squared, squared, root);
  multiply(Y(out), squared, u1);
  completeAffine(out);
  return !isIdentityPoint(out);
}

/** Nothing can be left out: every element is of prime order. */
export function decodeTrustedPoint(out: usize, bytes: usize): bool {
  return decodePoint(out, bytes);
}

/** Steps 1 to 5 of the specification. Not for the identity, which has no root. */
export function encodePoint(bytes: usize, p: usize): void {
  add(u1, p, T(p));
  subtract(w, p, T(p));
  multiply(u1, u1, w);
  multiply(w, u1, A_MINUS_D);
  square(v, p);
  multiply(w, w, v);
  inverseSquareRoot(root, w);
  multiply(u2, root, u1);
  if (isOdd(u2)) negate(u2, u2);
  multiply(u2, u2, Z(p));
  subtract(u2, u2, T(p));
  multiply(s, A_MINUS_D, root);
  multiply(u2, u2, p);
  multiply(s, s, u2);
  if (isOdd(s)) negate(s, s);
  toBytes(bytes, s, FIELD_BYTES);
  store<u8>(bytes + FIELD_BYTES, 0);
}
