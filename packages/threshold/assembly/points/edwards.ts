/**
 * a·x² + y² = 1 + d·x²·y² with a = 1 or −1 in extended coordinates (X, Y, Z, T) with x·y = T/Z, by the unified formulas of
 * Hisil, Wong, Carter and Dawson (ASIACRYPT 2008). They are complete, because a is a square and d is not. How points are
 * encoded, and which of them count as equal, differs: see the `…-encoding.ts` files.
 */
import { A_IS_ONE, D, GENERATOR_X, GENERATOR_Y, ONE } from './constants';
import { add, multiply, square, subtract } from './field';
import { copy, ELEMENT, negate } from './field-operations';

/** Size of a point in memory. Bytes. */
export const POINT: usize = 4 * ELEMENT;

const a = memory.data(ELEMENT, 16);
const b = memory.data(ELEMENT, 16);
const c = memory.data(ELEMENT, 16);
const e = memory.data(ELEMENT, 16);
const f = memory.data(ELEMENT, 16);
const g = memory.data(ELEMENT, 16);
const h = memory.data(ELEMENT, 16);

export function Y(point: usize): usize {
  return point + ELEMENT;
}

export function Z(point: usize): usize {
  return point + 2 * ELEMENT;
}

export function T(point: usize): usize {
  return point + 3 * ELEMENT;
}

export function setIdentity(out: usize): void {
  memory.fill(out, 0, POINT);
  copy(Y(out), ONE);
  copy(Z(out), ONE);
}

export function setGenerator(out: usize): void {
  copy(out, GENERATOR_X);
  copy(Y(out), GENERATOR_Y);
  completeAffine(out);
}

/** Z and T of a point whose x and y are there. */
export function completeAffine(out: usize): void {
  copy(Z(out), ONE);
  multiply(T(out), out, Y(out));
}

/** §3.1. `out` may be an operand. */
export function addPoints(out: usize, p: usize, q: usize): void {
  add(e, p, Y(p));
  add(f, q, Y(q));
  multiply(e, e, f);
  multiply(a, p, q);
  multiply(b, Y(p), Y(q));
  multiply(c, T(p), T(q));
  multiply(c, c, D);
  multiply(h, Z(p), Z(q));
  subtract(f, h, c);
  add(g, h, c);
  subtract(e, e, a);
  subtract(e, e, b);
  if (A_IS_ONE) subtract(h, b, a);
  else add(h, b, a);
  multiply(out, e, f);
  multiply(Y(out), g, h);
  multiply(Z(out), f, g);
  multiply(T(out), e, h);
}

/** §3.3. `out` may be the operand. */
export function doublePoint(out: usize, p: usize): void {
  doubleForDoubling(out, p);
  multiply(T(out), e, h);
}

/** Leaves T undefined, which a doubling does not read. */
export function doubleForDoubling(out: usize, p: usize): void {
  square(a, p);
  square(b, Y(p));
  square(c, Z(p));
  add(c, c, c);
  add(e, p, Y(p));
  square(e, e);
  subtract(e, e, a);
  subtract(e, e, b);
  if (A_IS_ONE) {
    add(g, a, b);
    subtract(h, a, b);
  } else {
    subtract(g, b, a);
    add(h, a, b);
    negate(h, h);
  }
  subtract(f, g, c);
  multiply(out, e, f);
  multiply(Y(out), g, h);
  multiply(Z(out), f, g);
}

export function negatePoint(out: usize, p: usize): void {
  negate(out, p);
  copy(Y(out), Y(p));
  copy(Z(out), Z(p));
  negate(T(out), T(p));
}

/** `out` = p, or its negative if the mask is −1 and not 0; without a branch. `out` may be p. */
export function negateWhere(out: usize, p: usize, mask: i32): void {
  const negative = i32x4.splat(mask);
  negate(a, p);
  negate(b, T(p));
  for (let i: usize = 0; i < ELEMENT; i += 16) {
    v128.store(out + i, v128.bitselect(v128.load(a + i), v128.load(p + i), negative));
    v128.store(T(out) + i, v128.bitselect(v128.load(b + i), v128.load(T(p) + i), negative));
  }
  copy(Y(out), Y(p));
  copy(Z(out), Z(p));
}
