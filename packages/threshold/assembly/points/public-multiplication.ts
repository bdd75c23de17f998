/**
 * Sums of products with PUBLIC scalars, in time that depends on them: Straus's interleaving over signed digits of variable
 * position (wNAF), whose doublings all products share.
 */
import { ORDER_BITS } from './constants';
import { bitsAt } from './field-operations';
import { addPoints, doubleForDoubling, doublePoint, negatePoint, POINT, setIdentity } from './group';

/** Products in one call. */
export const MAX_TERMS: i32 = 128;

/** Words of a scalar. */
const SCALAR_WORDS: i32 = (ORDER_BITS + 31) / 32;
/** Size of a scalar in memory: a multiple of 8 with a word of zeros at its end, which `bitsAt` needs. Bytes. */
export const SCALAR: usize = (4 * (SCALAR_WORDS + 1) + 7) & ~7;

/** Digits are odd and below 2^(WINDOW − 1) in magnitude. */
const WINDOW: i32 = 5;
const ODD_MULTIPLES: i32 = 1 << (WINDOW - 2);
/** Below this size a table costs more than it saves: plain NAF. Bits. */
const SMALL_SCALAR_BITS: i32 = 20;

const DIGITS: i32 = ORDER_BITS + 1;
const digits = memory.data(MAX_TERMS * DIGITS, 16);
const tables = memory.data(MAX_TERMS * ODD_MULTIPLES * POINT, 16);
const operand = memory.data(POINT, 16);

export function sumProductsPublicly(result: usize, points: usize, scalars: usize, count: i32): void {
  let length = 0;
  memory.fill(digits, 0, count * DIGITS);
  for (let i = 0; i < count; i++) {
    const bits = bitLength(scalars + i * SCALAR);
    if (bits === 0) continue;
    const window = bits <= SMALL_SCALAR_BITS ? 2 : WINDOW;
    fillOddMultiples(tables + i * ODD_MULTIPLES * POINT, points + i * POINT, 1 << (window - 2));
    const used = recode(digits + i * DIGITS, scalars + i * SCALAR, bits, window);
    if (used > length) length = used;
  }
  setIdentity(result);
  // Doublings that are owed, so that all but the last of a run can be cheaper.
  let owed = 0;
  for (let position = length - 1; position >= 0; position--) {
    for (let i = 0; i < count; i++) {
      const digit = <i32>load<i8>(digits + i * DIGITS + position);
      if (digit === 0) continue;
      doubleRepeatedly(result, owed);
      owed = 0;
      const magnitude = digit < 0 ? -digit : digit;
      let multiple: usize = tables + (i * ODD_MULTIPLES + (magnitude >> 1)) * POINT;
      if (digit < 0) {
        negatePoint(operand, multiple);
        multiple = operand;
      }
      addPoints(result, result, multiple);
    }
    owed++;
  }
  doubleRepeatedly(result, owed - 1);
}

function doubleRepeatedly(point: usize, times: i32): void {
  for (let i = 1; i < times; i++) doubleForDoubling(point, point);
  if (times > 0) doublePoint(point, point);
}

/** P, 3P, 5P, … */
function fillOddMultiples(entries: usize, point: usize, count: i32): void {
  memory.copy(entries, point, POINT);
  if (count === 1) return;
  doublePoint(operand, point);
  for (let i = 1; i < count; i++) addPoints(entries + i * POINT, entries + (i - 1) * POINT, operand);
}

function bitLength(scalar: usize): i32 {
  for (let i = SCALAR_WORDS - 1; i >= 0; i--) {
    const word = load<u32>(scalar + 4 * i);
    if (word !== 0) return 32 * i + 32 - <i32>clz(word);
  }
  return 0;
}

/** Writes the digits of a scalar of that many bits, and returns how many there are. */
function recode(out: usize, scalar: usize, bits: i32, window: i32): i32 {
  let position = 0;
  let carry = 0;
  let length = 0;
  while (position <= bits) {
    if (bitsAt(scalar, position, 1) === carry) {
      position++;
      continue;
    }
    const width = min(window, DIGITS - position);
    const value = bitsAt(scalar, position, width) + carry;
    carry = width === window ? value >> (window - 1) : 0;
    store<i8>(out + position, <i8>(value - (carry << window)));
    length = position + 1;
    position += width;
  }
  return length;
}
