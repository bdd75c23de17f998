/**
 * Arithmetic of one curve. The build compiles this folder once for each curve, with `field.ts`, `constants.ts` and
 * `group.ts` made for it (packages/threshold/build/points). Callers write operands into the buffers below and read the
 * result out of them.
 */
import { ENCODING_BYTES } from './constants';
import { add, multiply, square, subtract } from './field';
import { ELEMENT, fromBytes, toBytes } from './field-operations';
import {
  addPoints,
  arePointsEqual,
  decodePoint,
  decodeTrustedPoint,
  encodePoint,
  isIdentityPoint,
  negatePoint,
  POINT,
  setGenerator,
  setIdentity,
} from './group';
import { MAX_TERMS, SCALAR, sumProductsPublicly } from './public-multiplication';
import { multiplyGeneratorPublicly, multiplyGeneratorSecretly, multiplySecretly } from './secret-multiplication';

const pointBuffer = memory.data(MAX_TERMS * POINT, 16);
const scalarBuffer = memory.data(MAX_TERMS * SCALAR, 16);
const resultBuffer = memory.data(POINT, 16);
const bytesBuffer = memory.data(ENCODING_BYTES, 16);

/** Where operands go: points one after the other. */
export function points(): usize {
  return pointBuffer;
}

/** Scalars one after the other, little-endian, `scalarSize` bytes each. */
export function scalars(): usize {
  return scalarBuffer;
}

export function result(): usize {
  return resultBuffer;
}

export function bytes(): usize {
  return bytesBuffer;
}

export function encodingSize(): i32 {
  return ENCODING_BYTES;
}

export function pointSize(): usize {
  return POINT;
}

export function scalarSize(): usize {
  return SCALAR;
}

export function maxTerms(): i32 {
  return MAX_TERMS;
}

export function identity(): void {
  setIdentity(resultBuffer);
}

export function generator(): void {
  setGenerator(resultBuffer);
}

/** bytes → result */
export function decode(): bool {
  return decodePoint(resultBuffer, bytesBuffer);
}

/** bytes that are known to encode a point of prime order → result */
export function decodeTrusted(): bool {
  return decodeTrustedPoint(resultBuffer, bytesBuffer);
}

/** points[0] → bytes */
export function encode(): void {
  encodePoint(bytesBuffer, pointBuffer);
}

export function isIdentity(): bool {
  return isIdentityPoint(pointBuffer);
}

export function areEqual(): bool {
  return arePointsEqual(pointBuffer, pointBuffer + POINT);
}

export function addition(): void {
  addPoints(resultBuffer, pointBuffer, pointBuffer + POINT);
}

export function negation(): void {
  negatePoint(resultBuffer, pointBuffer);
}

/** Overwrites the result, for those who have taken a secret one. */
export function wipeResult(): void {
  memory.fill(resultBuffer, 0, POINT);
}

/** scalars[0] · points[0], SECRET; the scalar is wiped. */
export function secretProduct(): void {
  multiplySecretly(resultBuffer, pointBuffer, scalarBuffer);
  memory.fill(scalarBuffer, 0, SCALAR);
}

/** scalars[0] · generator, SECRET; the scalar is wiped. */
export function secretBaseProduct(): void {
  multiplyGeneratorSecretly(resultBuffer, scalarBuffer);
  memory.fill(scalarBuffer, 0, SCALAR);
}

export function publicBaseProduct(): void {
  multiplyGeneratorPublicly(resultBuffer, scalarBuffer);
}

/** Σ scalars[i] · points[i] */
export function publicSum(count: i32): void {
  sumProductsPublicly(resultBuffer, pointBuffer, scalarBuffer, count);
}

/** For tests of the field alone: operands as bytes at points[0] and points[1], the result there as well. */
export function fieldOperation(operation: i32, byteCount: i32): bool {
  // Elements take more room than their bytes, so they are not read in place.
  const a = scalarBuffer;
  const b = scalarBuffer + ELEMENT;
  const c = resultBuffer;
  if (!fromBytes(a, pointBuffer, byteCount) || !fromBytes(b, pointBuffer + POINT, byteCount)) return false;
  if (operation === 0) multiply(c, a, b);
  else if (operation === 1) square(c, a);
  else if (operation === 2) add(c, a, b);
  else subtract(c, a, b);
  toBytes(pointBuffer, c, byteCount);
  return true;
}
