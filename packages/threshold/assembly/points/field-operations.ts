/** What the unrolled operations of `field.ts` leave over. Elements are in Montgomery form unless a name says "plain". */
import { MODULUS, ONE, ONE_PLAIN, R_SQUARED } from './constants';
import { copy, ELEMENT, LIMB_BITS, LIMBS, MODULUS_BITS, multiply, square, subtract } from './field';

export { copy, ELEMENT } from './field';

/** Of these, the ones that limbs take. Bytes. */
const LIMB_BYTES: usize = 4 * LIMBS;

const ZERO = memory.data(ELEMENT, 16);
const scratch = memory.data(ELEMENT, 16);
/** Bits of an exponent that are taken at once. */
const WINDOW: i32 = 4;
const powers = memory.data(ELEMENT << WINDOW, 16);

export function negate(out: usize, a: usize): void {
  subtract(out, ZERO, a);
}

/** Out of Montgomery form, into [0, p), each limb in range. */
export function toPlain(out: usize, a: usize): void {
  multiply(out, a, ONE_PLAIN);
  // A Montgomery product with 1 is in [0, p], and p stands for zero: subtract it if it is there, without a branch.
  let borrow: i32 = 0;
  for (let i: usize = 0; i < LIMB_BYTES; i += 4) {
    const difference = load<i32>(out + i) - load<i32>(MODULUS + i) + borrow;
    borrow = difference >> 31;
  }
  const keep = borrow;
  borrow = 0;
  for (let i: usize = 0; i < LIMB_BYTES; i += 4) {
    const difference = load<i32>(out + i) - (load<i32>(MODULUS + i) & ~keep) + borrow;
    borrow = difference >> 31;
    // The top limb of a reduced value has no borrow left.
    store<i32>(out + i, difference & ((1 << LIMB_BITS) - 1));
  }
}

export function isZero(a: usize): bool {
  toPlain(scratch, a);
  let bits: i32 = 0;
  for (let i: usize = 0; i < LIMB_BYTES; i += 4) bits |= load<i32>(scratch + i);
  return bits === 0;
}

export function areEqual(a: usize, b: usize): bool {
  subtract(scratch, a, b);
  return isZero(scratch);
}

/** Whether the residue in [0, p) is odd. */
export function isOdd(a: usize): bool {
  toPlain(scratch, a);
  return (load<i32>(scratch) & 1) !== 0;
}

/** Reads `count` little-endian bytes. False, and nothing of use, if the number is not below p. */
export function fromBytes(out: usize, bytes: usize, count: i32): bool {
  unpack(out, bytes, count);
  let borrow: i32 = 0;
  for (let i: usize = 0; i < LIMB_BYTES; i += 4) {
    borrow = (load<i32>(out + i) - load<i32>(MODULUS + i) + borrow) >> 31;
  }
  if (borrow === 0) return false;
  multiply(out, out, R_SQUARED);
  return true;
}

/** Bits into limbs, which have room for all bits of a field's bytes, those above the modulus included. */
function unpack(out: usize, bytes: usize, count: i32): void {
  let buffer: u64 = 0;
  let filled: i32 = 0;
  let next: i32 = 0;
  for (let limb: i32 = 0; limb < LIMBS; limb++) {
    while (filled < LIMB_BITS && next < count) {
      buffer |= (<u64>load<u8>(bytes + next)) << filled;
      filled += 8;
      next++;
    }
    store<i32>(out + 4 * limb, <i32>(buffer & ((1 << LIMB_BITS) - 1)));
    buffer >>= LIMB_BITS;
    filled = filled > LIMB_BITS ? filled - LIMB_BITS : 0;
  }
}

/** Writes the residue in [0, p) as `count` little-endian bytes. */
export function toBytes(bytes: usize, a: usize, count: i32): void {
  toPlain(scratch, a);
  let buffer: u64 = 0;
  let filled: i32 = 0;
  let limb: i32 = 0;
  for (let i: i32 = 0; i < count; i++) {
    if (filled < 8 && limb < LIMBS) {
      buffer |= (<u64>load<u32>(scratch + 4 * limb)) << filled;
      filled += LIMB_BITS;
      limb++;
    }
    store<u8>(bytes + i, <u8>buffer);
    buffer >>= 8;
    filled -= 8;
  }
}

/** a^exponent, with the exponent as PUBLIC words of 32 bits. The sequence of operations is a matter of the exponent. */
export function power(out: usize, a: usize, exponent: usize): void {
  copy(powers, ONE);
  for (let i: usize = 1; i < 1 << WINDOW; i++) multiply(powers + i * ELEMENT, powers + (i - 1) * ELEMENT, a);
  let started = false;
  for (let position = ((MODULUS_BITS - 1) / WINDOW) * WINDOW; position >= 0; position -= WINDOW) {
    if (started) for (let i = 0; i < WINDOW; i++) square(out, out);
    const digit = bitsAt(exponent, position, WINDOW);
    if (digit === 0) continue;
    if (started) multiply(out, out, powers + digit * ELEMENT);
    else copy(out, powers + digit * ELEMENT);
    started = true;
  }
  // The base may tell how a secret product came about.
  memory.fill(powers, 0, ELEMENT << WINDOW);
}

/** `count` bits of a little-endian number from a bit position on; a word of zeros has to follow the number. */
export function bitsAt(words: usize, position: i32, count: i32): i32 {
  const at = words + 4 * (position >> 5);
  const pair = <u64>load<u32>(at) | ((<u64>load<u32>(at, 4)) << 32);
  return <i32>((pair >> (position & 31)) & ((1 << count) - 1));
}
