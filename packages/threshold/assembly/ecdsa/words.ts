/**
 * Sums of few scalars need no limbs: words of 32 bits, lowest first, which are a scalar's bytes in the other order. For
 * pads that are as long as the order.
 */
import { BYTES, MORE_BYTES, reverseBytes } from './field';

const FOUR: usize = 4 * 4;
const WIDE_FOUR: usize = 4 * 8;

/** Groups of four words in a scalar. Public. */
let fours: usize = 0;
/** q, its bytes lowest first. */
const ORDER_WORDS: usize = memory.data(64, 16);
/** The difference from q. */
const REDUCED: usize = memory.data(64, 16);

/** @param order big-endian. */
export function setWords(order: usize, byteCount: usize): void {
  fours = byteCount / FOUR;
  reverseBytes(order, byteCount, ORDER_WORDS);
}

/** A scalar plus 2q, in columns of 32 bits; one more for what is above. */
export function shiftAddend(scalar: usize, target: usize): void {
  reverseBytes(scalar, fours * FOUR, BYTES);
  let carried: u64 = 0;
  for (let i: usize = 0; i < 4 * fours; i++) {
    const sum = <u64>load<u32>(BYTES + 4 * i) + 2 * <u64>load<u32>(ORDER_WORDS + 4 * i) + carried;
    store<u64>(target + 8 * i, sum & 0xffffffff);
    carried = sum >> 32;
  }
  store<u64>(target + 8 * 4 * fours, carried);
}

/** BYTES = BYTES − MORE_BYTES + addend for four words. */
function maskFour(at: usize, addend: usize, carried: i64): i64 {
  let sum = <i64>load<u32>(BYTES + at) - <i64>load<u32>(MORE_BYTES + at) + load<i64>(addend) + carried;
  store<u32>(BYTES + at, <u32>sum);
  sum = <i64>load<u32>(BYTES + at, 4) - <i64>load<u32>(MORE_BYTES + at, 4) + load<i64>(addend, 8) + (sum >> 32);
  store<u32>(BYTES + at, <u32>sum, 4);
  sum = <i64>load<u32>(BYTES + at, 8) - <i64>load<u32>(MORE_BYTES + at, 8) + load<i64>(addend, 16) + (sum >> 32);
  store<u32>(BYTES + at, <u32>sum, 8);
  sum = <i64>load<u32>(BYTES + at, 12) - <i64>load<u32>(MORE_BYTES + at, 12) + load<i64>(addend, 24) + (sum >> 32);
  store<u32>(BYTES + at, <u32>sum, 12);
  return sum >> 32;
}

/** to = BYTES − multiple · q for four words. */
function subtractFour(to: usize, at: usize, multiple: i64, carried: i64): i64 {
  let sum = <i64>load<u32>(BYTES + at) - multiple * <i64>load<u32>(ORDER_WORDS + at) + carried;
  store<u32>(to + at, <u32>sum);
  sum = <i64>load<u32>(BYTES + at, 4) - multiple * <i64>load<u32>(ORDER_WORDS + at, 4) + (sum >> 32);
  store<u32>(to + at, <u32>sum, 4);
  sum = <i64>load<u32>(BYTES + at, 8) - multiple * <i64>load<u32>(ORDER_WORDS + at, 8) + (sum >> 32);
  store<u32>(to + at, <u32>sum, 8);
  sum = <i64>load<u32>(BYTES + at, 12) - multiple * <i64>load<u32>(ORDER_WORDS + at, 12) + (sum >> 32);
  store<u32>(to + at, <u32>sum, 12);
  return sum >> 32;
}

function subtractAll(to: usize, multiple: i64, above: i64): i64 {
  let carried = subtractFour(to, 0, multiple, 0);
  carried = subtractFour(to, FOUR, multiple, carried);
  if (fours === 3) carried = subtractFour(to, 2 * FOUR, multiple, carried);
  return above + carried;
}

/** zero − one + addend modulo q, all big-endian but the addend, which `shiftAddend` made. */
export function mask(zero: usize, one: usize, addend: usize, target: usize): void {
  reverseBytes(zero, fours * FOUR, BYTES);
  reverseBytes(one, fours * FOUR, MORE_BYTES);
  let carried = maskFour(0, addend, 0);
  carried = maskFour(FOUR, addend + WIDE_FOUR, carried);
  if (fours === 3) carried = maskFour(2 * FOUR, addend + 2 * WIDE_FOUR, carried);
  // As in `normalise` of field.ts: what is above the words is the quotient, or one too few.
  const quotient = carried + load<i64>(addend + fours * WIDE_FOUR);
  const above = subtractAll(BYTES, quotient, quotient);
  const keep = subtractAll(REDUCED, 1, above) >> 63;
  const keeps = i64x2.splat(keep);
  for (let at: usize = 0; at < fours * FOUR; at += FOUR) {
    v128.store(BYTES + at, v128.bitselect(v128.load(BYTES + at), v128.load(REDUCED + at), keeps));
  }
  reverseBytes(BYTES, fours * FOUR, MORE_BYTES);
  for (let at: usize = 0; at < fours * FOUR; at += FOUR) v128.store(target + at, v128.load(MORE_BYTES + at));
}

/** Overwrites what a call may have left; the bytes are wiped with the field. */
export function wipeWords(): void {
  memory.fill(REDUCED, 0, 64);
}
