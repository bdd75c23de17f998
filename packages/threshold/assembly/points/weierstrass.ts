/**
 * y² = x³ − 3x + b in homogeneous projective coordinates (X, Y, Z), the identity being (0, 1, 0), with the complete
 * formulas of Renes, Costello and Batina (EUROCRYPT 2016), algorithms 4 and 6. They have no exceptional cases on a curve
 * of odd order, so the same code serves secrets and whatever a peer sent.
 */
import { B, FIELD_BYTES, GENERATOR_X, GENERATOR_Y, INVERSION, ONE } from './constants';
import { add, multiply, square, subtract } from './field';
import { areEqual, copy, ELEMENT, fromBytes, isOdd, isZero, negate, power, toBytes } from './field-operations';
import { inverseSquareRoot } from './square-root';

/** Size of a point in memory. Bytes. */
export const POINT: usize = 3 * ELEMENT;

const t0 = memory.data(ELEMENT, 16);
const t1 = memory.data(ELEMENT, 16);
const t2 = memory.data(ELEMENT, 16);
const t3 = memory.data(ELEMENT, 16);
const t4 = memory.data(ELEMENT, 16);
const x3 = memory.data(ELEMENT, 16);
const y3 = memory.data(ELEMENT, 16);
const z3 = memory.data(ELEMENT, 16);

function Y(point: usize): usize {
  return point + ELEMENT;
}

function Z(point: usize): usize {
  return point + 2 * ELEMENT;
}

export function setIdentity(out: usize): void {
  memory.fill(out, 0, POINT);
  copy(Y(out), ONE);
}

export function setGenerator(out: usize): void {
  copy(out, GENERATOR_X);
  copy(Y(out), GENERATOR_Y);
  copy(Z(out), ONE);
}

/** `out` may be an operand. */
export function addPoints(out: usize, p: usize, q: usize): void {
  multiply(t0, p, q);
  multiply(t1, Y(p), Y(q));
  multiply(t2, Z(p), Z(q));
  add(t3, p, Y(p));
  add(t4, q, Y(q));
  multiply(t3, t3, t4);
  add(t4, t0, t1);
  subtract(t3, t3, t4);
  add(t4, Y(p), Z(p));
  add(x3, Y(q), Z(q));
  multiply(t4, t4, x3);
  add(x3, t1, t2);
  subtract(t4, t4, x3);
  add(x3, p, Z(p));
  add(y3, q, Z(q));
  multiply(x3, x3, y3);
  add(y3, t0, t2);
  subtract(y3, x3, y3);
  multiply(z3, B, t2);
  subtract(x3, y3, z3);
  add(z3, x3, x3);
  add(x3, x3, z3);
  subtract(z3, t1, x3);
  add(x3, t1, x3);
  multiply(y3, B, y3);
  add(t1, t2, t2);
  add(t2, t1, t2);
  subtract(y3, y3, t2);
  subtract(y3, y3, t0);
  add(t1, y3, y3);
  add(y3, t1, y3);
  add(t1, t0, t0);
  add(t0, t1, t0);
  subtract(t0, t0, t2);
  multiply(t1, t4, y3);
  multiply(t2, t0, y3);
  multiply(y3, x3, z3);
  add(Y(out), y3, t2);
  multiply(x3, t3, x3);
  subtract(out, x3, t1);
  multiply(z3, t4, z3);
  multiply(t1, t3, t0);
  add(Z(out), z3, t1);
}

/** `out` may be the operand. */
export function doublePoint(out: usize, p: usize): void {
  square(t0, p);
  square(t1, Y(p));
  square(t2, Z(p));
  multiply(t3, p, Y(p));
  add(t3, t3, t3);
  multiply(z3, p, Z(p));
  add(z3, z3, z3);
  multiply(y3, B, t2);
  subtract(y3, y3, z3);
  add(x3, y3, y3);
  add(y3, x3, y3);
  subtract(x3, t1, y3);
  add(y3, t1, y3);
  multiply(y3, x3, y3);
  multiply(x3, x3, t3);
  add(t3, t2, t2);
  add(t2, t2, t3);
  multiply(z3, B, z3);
  subtract(z3, z3, t2);
  subtract(z3, z3, t0);
  add(t3, z3, z3);
  add(z3, z3, t3);
  add(t3, t0, t0);
  add(t0, t3, t0);
  subtract(t0, t0, t2);
  multiply(t0, t0, z3);
  add(y3, y3, t0);
  multiply(t0, Y(p), Z(p));
  add(t0, t0, t0);
  multiply(z3, t0, z3);
  subtract(out, x3, z3);
  multiply(z3, t0, t1);
  add(z3, z3, z3);
  copy(Y(out), y3);
  add(Z(out), z3, z3);
}

export function negatePoint(out: usize, p: usize): void {
  copy(out, p);
  negate(Y(out), Y(p));
  copy(Z(out), Z(p));
}

/** `out` = p, or its negative if the mask is −1 and not 0; without a branch. `out` may be p. */
export function negateWhere(out: usize, p: usize, mask: i32): void {
  const negative = i32x4.splat(mask);
  negate(t0, Y(p));
  copy(out, p);
  for (let i: usize = 0; i < ELEMENT; i += 16) {
    v128.store(Y(out) + i, v128.bitselect(v128.load(t0 + i), v128.load(Y(p) + i), negative));
  }
  copy(Z(out), Z(p));
}

/** For groups that can save something if a doubling follows. */
export function doubleForDoubling(out: usize, p: usize): void {
  doublePoint(out, p);
}

export function isIdentityPoint(p: usize): bool {
  return isZero(Z(p));
}

export function arePointsEqual(p: usize, q: usize): bool {
  multiply(t0, p, Z(q));
  multiply(t1, q, Z(p));
  if (!areEqual(t0, t1)) return false;
  multiply(t0, Y(p), Z(q));
  multiply(t1, Y(q), Z(p));
  return areEqual(t0, t1) && isIdentityPoint(p) === isIdentityPoint(q);
}

/** From x, little-endian, and a byte that is 1 if y is odd. Any point of the curve is of prime order. */
export function decodePoint(out: usize, bytes: usize): bool {
  if (!fromBytes(out, bytes, FIELD_BYTES)) return false;
  square(t0, out);
  multiply(t0, t0, out);
  add(t1, out, out);
  add(t1, t1, out);
  subtract(t0, t0, t1);
  add(t0, t0, B);
  // No point has y = 0, because the order is odd.
  if (!inverseSquareRoot(t1, t0)) return false;
  multiply(Y(out), t0, t1);
  if (isOdd(Y(out)) !== (load<u8>(bytes + FIELD_BYTES) !== 0)) negate(Y(out), Y(out));
  copy(Z(out), ONE);
  return true;
}

/** Nothing can be left out: there are no other points. */
export function decodeTrustedPoint(out: usize, bytes: usize): bool {
  return decodePoint(out, bytes);
}

/** The inverse of `decodePoint`. Not for the identity. */
export function encodePoint(bytes: usize, p: usize): void {
  power(t0, Z(p), INVERSION);
  multiply(t1, p, t0);
  toBytes(bytes, t1, FIELD_BYTES);
  multiply(t1, Y(p), t0);
  store<u8>(bytes + FIELD_BYTES, isOdd(t1) ? 1 : 0);
}
