import type { AffinePoint } from '@noble/curves/abstract/curve.js';
import { type EdwardsPoint, edwards } from '@noble/curves/abstract/edwards.js';

const P = 8444461749428370424248824938781546531375899335154063827935233455917409239041n;
const ENCODED_BYTES = 32;

/** The scalar field of BLS12-377 carries an Edwards curve of order 4·n with a = -1 and d = 3021 (Penumbra protocol). */
const Curve = edwards({
  p: P,
  n: 2111115437357092606062206234695386632838870926408408195193685246394721360383n,
  h: 4n,
  a: P - 1n,
  d: 3021n,
  Gx: 4959445789346820725352484487855828915252512307947624787834978378872129235627n,
  Gy: 6060471950081851567114691557659790004756535011754163002297540472747064943288n,
});
const { Fp } = Curve;
const isNegative = (value: bigint): boolean => (value & 1n) === 1n;

/** The order of decaf377 and of its scalars. */
export const DECAF377_ORDER = Curve.Fn.ORDER;

/**
 * A point on the Edwards curve that an encoding stands for, by the decoding procedure of the Penumbra protocol. It is
 * one of several: compare with `isSameElement`.
 * @throws RangeError for bytes that encode no element.
 */
export function decodeDecaf377(bytes: Uint8Array): EdwardsPoint {
  const s = littleEndian(bytes);
  if (bytes.length !== ENCODED_BYTES || s >= P || isNegative(s)) throw new RangeError('not canonical');
  const ss = Fp.sqr(s);
  const u1 = Fp.sub(1n, ss);
  const u2 = Fp.sub(Fp.sqr(u1), Fp.mul(4n * 3021n, ss));
  // Throws where there is no root: then the bytes encode nothing.
  let v = Fp.sqrt(Fp.inv(Fp.mul(u2, Fp.sqr(u1))));
  const twiceSU1 = Fp.mul(Fp.mul(2n, s), u1);
  if (isNegative(Fp.mul(twiceSU1, v))) v = Fp.neg(v);
  const x = Fp.mul(Fp.mul(twiceSU1, Fp.sqr(v)), u2);
  const y = Fp.mul(Fp.mul(Fp.add(1n, ss), v), u1);
  return Curve.fromAffine({ x, y } as AffinePoint<bigint>);
}

/** The generator, which encodes as 8. */
export const DECAF377_BASE = decodeDecaf377(Uint8Array.of(8, ...new Uint8Array(ENCODED_BYTES - 1)));

/** Equality in the group: representatives differ by a point of order two (Decaf, §4.5). */
export function isSameElement(a: EdwardsPoint, b: EdwardsPoint): boolean {
  return Fp.eql(Fp.mul(a.X, b.Y), Fp.mul(b.X, a.Y));
}

export function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}
