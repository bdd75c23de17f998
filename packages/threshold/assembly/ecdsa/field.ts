/**
 * Integers modulo a group order q of 256 or 384 bits, in limbs of 26 bits, lowest first. A vector of limbs is u32s; sums
 * of products are columns of u64s, which take sixty products of limbs of 27 bits without a carry. All loops run over
 * groups of five limbs, whose products the processor keeps in registers: ten limbs or fifteen.
 *
 * Nothing branches on a value or looks one up by it.
 */

export const LIMB_BITS: u64 = 26;
export const LIMB_MASK: u64 = (1 << 26) - 1;
/** A group of limbs, and a group of columns. Bytes. */
export const GROUP: usize = 5 * 4;
export const WIDE_GROUP: usize = 5 * 8;
/** Groups of the longest order. */
export const GROUPS_MAX: usize = 3;

/** Groups in a scalar of this instance, and what follows from it. Public. */
export let groups: usize = 0;
export let limbs: usize = 0;
/** Where 2^κ lies in the highest limb. */
let topShift: u64 = 0;
/** −1/q mod 2^26. */
let negativeInverse: u64 = 0;

/** q, and R² mod q where R = 2^(26 · limbs) is Montgomery's. */
export const ORDER: usize = memory.data(GROUPS_MAX * GROUP, 16);
export const R_SQUARED: usize = memory.data(GROUPS_MAX * GROUP, 16);
/** The quotient digits of one group. */
const DIGITS: usize = memory.data(GROUP, 16);
/** Bytes of two scalars, lowest first, and zeros behind each, which the last limb reads. */
export const BYTES: usize = memory.data(64, 16);
export const MORE_BYTES: usize = memory.data(64, 16);

/** The order is at `ORDER`: sets what depends on it. */
export function setField(groupCount: usize, orderBits: u32): void {
  groups = groupCount;
  limbs = 5 * groupCount;
  topShift = orderBits - LIMB_BITS * (limbs - 1);
  const low = <u64>load<u32>(ORDER);
  // Newton: each step doubles the right bits, of which an odd number is its own inverse in three.
  let inverse = low;
  for (let i = 0; i < 4; i++) inverse *= 2 - low * inverse;
  negativeInverse = (0 - inverse) & LIMB_MASK;
}

function reverse(source: usize, target: usize): void {
  const bytes = v128.load(source);
  v128.store(target, v128.shuffle<u8>(bytes, bytes, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
}

/** 32 or 48 bytes in the other order. */
export function reverseBytes(source: usize, byteCount: usize, target: usize): void {
  if (byteCount === 32) {
    reverse(source + 16, target);
    reverse(source, target + 16);
    store<u64>(target, 0, 32);
  } else {
    reverse(source + 32, target);
    reverse(source + 16, target + 16);
    reverse(source, target + 32);
    store<u64>(target, 0, 48);
  }
}

function limbAt(bytes: usize, bit: usize): u32 {
  return (load<u32>(bytes + (bit >> 3)) >> <u32>(bit & 7)) & <u32>LIMB_MASK;
}

function storeLimbs(target: usize, first: usize): void {
  store<u32>(target + 4 * first, limbAt(BYTES, 26 * first));
  store<u32>(target + 4 * first, limbAt(BYTES, 26 * first + 26), 4);
  store<u32>(target + 4 * first, limbAt(BYTES, 26 * first + 52), 8);
  store<u32>(target + 4 * first, limbAt(BYTES, 26 * first + 78), 12);
  store<u32>(target + 4 * first, limbAt(BYTES, 26 * first + 104), 16);
}

/** The limbs of a big-endian integer of 32 or 48 bytes: ten, or fifteen. */
export function decode(source: usize, byteCount: usize, target: usize): void {
  reverseBytes(source, byteCount, BYTES);
  storeLimbs(target, 0);
  storeLimbs(target, 5);
  if (byteCount !== 32) storeLimbs(target, 10);
}

function sumAt(bit: usize, chosen: u32): u32 {
  return limbAt(BYTES, bit) + (limbAt(MORE_BYTES, bit) & chosen);
}

function storeSums(target: usize, first: usize, chosen: u32): void {
  store<u32>(target + 4 * first, sumAt(26 * first, chosen));
  store<u32>(target + 4 * first, sumAt(26 * first + 26, chosen), 4);
  store<u32>(target + 4 * first, sumAt(26 * first + 52, chosen), 8);
  store<u32>(target + 4 * first, sumAt(26 * first + 78, chosen), 12);
  store<u32>(target + 4 * first, sumAt(26 * first + 104, chosen), 16);
}

/** The limbs of a + (b & chosen), one bit longer than limbs are, where `chosen` is all ones or zero. */
export function decodeSum(a: usize, b: usize, chosen: u32, byteCount: usize, target: usize): void {
  reverseBytes(a, byteCount, BYTES);
  reverseBytes(b, byteCount, MORE_BYTES);
  storeSums(target, 0, chosen);
  storeSums(target, 5, chosen);
  if (byteCount !== 32) storeSums(target, 10, chosen);
}

/** Writes the reduced value of `limbs` columns as a big-endian scalar. */
export function encode(columns: usize, target: usize): void {
  const c2 = load<u64>(columns, 16);
  const c4 = load<u64>(columns, 32);
  const c7 = load<u64>(columns, 56);
  const c9 = load<u64>(columns, 72);
  store<u64>(BYTES, load<u64>(columns) | (load<u64>(columns, 8) << 26) | (c2 << 52));
  store<u64>(BYTES, (c2 >> 12) | (load<u64>(columns, 24) << 14) | (c4 << 40), 8);
  store<u64>(BYTES, (c4 >> 24) | (load<u64>(columns, 40) << 2) | (load<u64>(columns, 48) << 28) | (c7 << 54), 16);
  store<u64>(BYTES, (c7 >> 10) | (load<u64>(columns, 64) << 16) | (c9 << 42), 24);
  if (groups === 2) {
    reverse(BYTES, target + 16);
    reverse(BYTES + 16, target);
    return;
  }
  const c12 = load<u64>(columns, 96);
  store<u64>(BYTES, (c9 >> 22) | (load<u64>(columns, 80) << 4) | (load<u64>(columns, 88) << 30) | (c12 << 56), 32);
  store<u64>(BYTES, (c12 >> 8) | (load<u64>(columns, 104) << 18) | (load<u64>(columns, 112) << 44), 40);
  reverse(BYTES, target + 32);
  reverse(BYTES + 16, target + 16);
  reverse(BYTES + 32, target);
}

/** columns += a · b for one group each. */
function multiplyGroup(columns: usize, a: usize, b: usize): void {
  const a0 = <u64>load<u32>(a);
  const a1 = <u64>load<u32>(a, 4);
  const a2 = <u64>load<u32>(a, 8);
  const a3 = <u64>load<u32>(a, 12);
  const a4 = <u64>load<u32>(a, 16);
  const b0 = <u64>load<u32>(b);
  const b1 = <u64>load<u32>(b, 4);
  const b2 = <u64>load<u32>(b, 8);
  const b3 = <u64>load<u32>(b, 12);
  const b4 = <u64>load<u32>(b, 16);
  store<u64>(columns, load<u64>(columns) + a0 * b0);
  store<u64>(columns, load<u64>(columns, 8) + a0 * b1 + a1 * b0, 8);
  store<u64>(columns, load<u64>(columns, 16) + a0 * b2 + a1 * b1 + a2 * b0, 16);
  store<u64>(columns, load<u64>(columns, 24) + a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0, 24);
  store<u64>(columns, load<u64>(columns, 32) + a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0, 32);
  store<u64>(columns, load<u64>(columns, 40) + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1, 40);
  store<u64>(columns, load<u64>(columns, 48) + a2 * b4 + a3 * b3 + a4 * b2, 48);
  store<u64>(columns, load<u64>(columns, 56) + a3 * b4 + a4 * b3, 56);
  store<u64>(columns, load<u64>(columns, 64) + a4 * b4, 64);
}

/** columns += a · b, where a has `aGroups` groups; without carrying. */
export function multiplyAdd(columns: usize, a: usize, aGroups: usize, b: usize): void {
  for (let i: usize = 0; i < aGroups; i++) {
    for (let j: usize = 0; j < groups; j++) {
      multiplyGroup(columns + (i + j) * WIDE_GROUP, a + i * GROUP, b + j * GROUP);
    }
  }
}

/**
 * Montgomery's reduction: the upper half of the columns becomes value / R mod q, below value / R + q, not carried. The
 * lower half is left with what was there.
 */
export function reduce(columns: usize): void {
  const q0 = <u64>load<u32>(ORDER);
  const q1 = <u64>load<u32>(ORDER, 4);
  const q2 = <u64>load<u32>(ORDER, 8);
  const q3 = <u64>load<u32>(ORDER, 12);
  const q4 = <u64>load<u32>(ORDER, 16);
  for (let group: usize = 0; group < groups; group++) {
    const t = columns + group * WIDE_GROUP;
    let sum = load<u64>(t);
    const m0 = (sum * negativeInverse) & LIMB_MASK;
    sum = ((sum + m0 * q0) >> LIMB_BITS) + load<u64>(t, 8) + m0 * q1;
    const m1 = (sum * negativeInverse) & LIMB_MASK;
    sum = ((sum + m1 * q0) >> LIMB_BITS) + load<u64>(t, 16) + m0 * q2 + m1 * q1;
    const m2 = (sum * negativeInverse) & LIMB_MASK;
    sum = ((sum + m2 * q0) >> LIMB_BITS) + load<u64>(t, 24) + m0 * q3 + m1 * q2 + m2 * q1;
    const m3 = (sum * negativeInverse) & LIMB_MASK;
    sum = ((sum + m3 * q0) >> LIMB_BITS) + load<u64>(t, 32) + m0 * q4 + m1 * q3 + m2 * q2 + m3 * q1;
    const m4 = (sum * negativeInverse) & LIMB_MASK;
    sum = (sum + m4 * q0) >> LIMB_BITS;
    store<u64>(t, load<u64>(t, 40) + sum + m1 * q4 + m2 * q3 + m3 * q2 + m4 * q1, 40);
    store<u64>(t, load<u64>(t, 48) + m2 * q4 + m3 * q3 + m4 * q2, 48);
    store<u64>(t, load<u64>(t, 56) + m3 * q4 + m4 * q3, 56);
    store<u64>(t, load<u64>(t, 64) + m4 * q4, 64);
    store<u32>(DIGITS, <u32>m0);
    store<u32>(DIGITS, <u32>m1, 4);
    store<u32>(DIGITS, <u32>m2, 8);
    store<u32>(DIGITS, <u32>m3, 12);
    store<u32>(DIGITS, <u32>m4, 16);
    for (let j: usize = 1; j < groups; j++) multiplyGroup(t + j * WIDE_GROUP, DIGITS, ORDER + j * GROUP);
  }
}

/** Carries `count` columns; the last keeps what is above it. */
export function carry(columns: usize, count: usize): void {
  let over: u64 = 0;
  const last = columns + 8 * (count - 1);
  for (let at = columns; at < last; at += 8) {
    const sum = load<u64>(at) + over;
    over = sum >> LIMB_BITS;
    store<u64>(at, sum & LIMB_MASK);
  }
  store<u64>(last, load<u64>(last) + over);
}

/** Adds −multiple · q (with `multiple` 0 for a mere carry) to one group and carries: what goes to the next. */
function carryGroup(columns: usize, order: usize, multiple: i64, carried: i64): i64 {
  let sum = load<i64>(columns) - multiple * <i64>load<u32>(order) + carried;
  store<i64>(columns, sum & <i64>LIMB_MASK);
  sum = load<i64>(columns, 8) - multiple * <i64>load<u32>(order, 4) + (sum >> 26);
  store<i64>(columns, sum & <i64>LIMB_MASK, 8);
  sum = load<i64>(columns, 16) - multiple * <i64>load<u32>(order, 8) + (sum >> 26);
  store<i64>(columns, sum & <i64>LIMB_MASK, 16);
  sum = load<i64>(columns, 24) - multiple * <i64>load<u32>(order, 12) + (sum >> 26);
  store<i64>(columns, sum & <i64>LIMB_MASK, 24);
  sum = load<i64>(columns, 32) - multiple * <i64>load<u32>(order, 16) + (sum >> 26);
  store<i64>(columns, sum & <i64>LIMB_MASK, 32);
  return sum >> 26;
}

/** Subtracts multiple · q from all, carries, and gives what is above the limbs. */
function carryAll(columns: usize, multiple: i64): i64 {
  let carried = carryGroup(columns, ORDER, multiple, 0);
  carried = carryGroup(columns + WIDE_GROUP, ORDER + GROUP, multiple, carried);
  if (groups === 3) carried = carryGroup(columns + 2 * WIDE_GROUP, ORDER + 2 * GROUP, multiple, carried);
  return carried;
}

/**
 * Brings `limbs` signed columns, whose value is in [0, 64q), to the value modulo q, carried. All orders are so close to
 * a power of two 2^κ that the bits above it are the quotient, or one too few.
 */
export function normalise(columns: usize): void {
  const above = carryAll(columns, 0) << 26;
  const quotient = (above + load<i64>(columns + 8 * (limbs - 1))) >> <i64>topShift;
  carryAll(columns, quotient);
  // The value is below 2q now. Without one q more, what is above the limbs is −1 if it was below q, else 0.
  const tooFew = carryAll(columns, 1);
  // Subtracts −q, or nothing.
  carryAll(columns, tooFew);
}

/** 1 if `limbs` limbs are below q, else 0. */
export function isReduced(value: usize): u32 {
  let over: i64 = 0;
  for (let i: usize = 0; i < limbs; i++) {
    over = (<i64>load<u32>(value + 4 * i) - <i64>load<u32>(ORDER + 4 * i) + over) >> <i64>LIMB_BITS;
  }
  return <u32>(over & 1);
}

/** Overwrites what a call may have left. */
export function wipeField(): void {
  memory.fill(DIGITS, 0, GROUP);
  memory.fill(BYTES, 0, 64);
  memory.fill(MORE_BYTES, 0, 64);
}
