import { bytesToBigint, type RandomSource } from '@keymesh/foundation';
import { invert as invertModulo } from '@noble/curves/abstract/modular.js';
import type { Curve } from './curve.ts';

/** Extra random bytes before a reduction, so that the bias is below 2^-128 (RFC 9380 §5.1). Bytes. */
const WIDE_REDUCTION_EXTRA_BYTES = 16;

/** The representative of `value` in [0, order). */
export function modulo(curve: Curve, value: bigint): bigint {
  const rest = value % curve.order;
  return rest < 0n ? rest + curve.order : rest;
}

/**
 * The inverse modulo the group order. Takes time that depends on the value: for PUBLIC scalars.
 * @throws when the scalar is zero modulo the order.
 */
export function invert(curve: Curve, scalar: bigint): bigint {
  return invertModulo(modulo(curve, scalar), curve.order);
}

/** A uniform scalar in [1, order): reduces order bits + 128 random bits, so no value is favoured. */
export function randomScalar(curve: Curve, random: RandomSource): bigint {
  for (;;) {
    const bytes = random(curve.scalarBytes + WIDE_REDUCTION_EXTRA_BYTES);
    const scalar = bytesToBigint(bytes) % curve.order;
    bytes.fill(0);
    if (scalar !== 0n) return scalar;
  }
}
