/**
 * Products with SECRET scalars: the sequence of operations and of memory addresses is the same for every scalar. Digits
 * are signed and of fixed width; a table is read whole and its entry picked with masks; group formulas are complete.
 */
import { ORDER_BITS } from './constants';
import { bitsAt } from './field-operations';
import { addPoints, doubleForDoubling, doublePoint, negateWhere, POINT, setGenerator, setIdentity } from './group';

/** Bits of a digit. For one point a table of its multiples 0 … 2^(bits−1) is made each time. */
const DIGIT_BITS: i32 = 5;
const DIGITS: i32 = (ORDER_BITS + 1 + DIGIT_BITS) / DIGIT_BITS;
const TABLE_ENTRIES: i32 = (1 << (DIGIT_BITS - 1)) + 1;
const table = memory.data(POINT * TABLE_ENTRIES, 16);

/** For the generator: one table for each digit, made at the first use, so that no doublings are needed. */
const BASE_DIGIT_BITS: i32 = 4;
const BASE_DIGITS: i32 = (ORDER_BITS + 1 + BASE_DIGIT_BITS) / BASE_DIGIT_BITS;
const BASE_TABLE_ENTRIES: i32 = (1 << (BASE_DIGIT_BITS - 1)) + 1;
const baseTable = memory.data(POINT * BASE_TABLE_ENTRIES * BASE_DIGITS, 16);
let baseTableReady = false;

const WORDS: i32 = (ORDER_BITS + 12 + 31) / 32 + 1;
const recoded = memory.data(4 * WORDS, 16);
const picked = memory.data(POINT, 16);

/** result = scalar · point, for a scalar of `ORDER_BITS` bits. */
export function multiplySecretly(result: usize, point: usize, scalar: usize): void {
  fillTable(table, point, TABLE_ENTRIES);
  recode(scalar, DIGITS, DIGIT_BITS);
  setIdentity(result);
  for (let i = DIGITS - 1; i >= 0; i--) {
    for (let bit = 1; bit < DIGIT_BITS; bit++) doubleForDoubling(result, result);
    doublePoint(result, result);
    pick(table, TABLE_ENTRIES, bitsAt(recoded, i * DIGIT_BITS, DIGIT_BITS) - (1 << (DIGIT_BITS - 1)));
    addPoints(result, result, picked);
  }
  wipe();
}

/** result = scalar · generator, for a scalar of `ORDER_BITS` bits. */
export function multiplyGeneratorSecretly(result: usize, scalar: usize): void {
  fillBaseTable();
  recode(scalar, BASE_DIGITS, BASE_DIGIT_BITS);
  setIdentity(result);
  for (let i = 0; i < BASE_DIGITS; i++) {
    const digit = bitsAt(recoded, i * BASE_DIGIT_BITS, BASE_DIGIT_BITS) - (1 << (BASE_DIGIT_BITS - 1));
    pick(baseTable + i * BASE_TABLE_ENTRIES * POINT, BASE_TABLE_ENTRIES, digit);
    addPoints(result, result, picked);
  }
  wipe();
}

/** The same product for a PUBLIC scalar: digits of zero are skipped, and tables are looked up. */
export function multiplyGeneratorPublicly(result: usize, scalar: usize): void {
  fillBaseTable();
  recode(scalar, BASE_DIGITS, BASE_DIGIT_BITS);
  setIdentity(result);
  for (let i = 0; i < BASE_DIGITS; i++) {
    const digit = bitsAt(recoded, i * BASE_DIGIT_BITS, BASE_DIGIT_BITS) - (1 << (BASE_DIGIT_BITS - 1));
    if (digit === 0) continue;
    pick(baseTable + i * BASE_TABLE_ENTRIES * POINT, BASE_TABLE_ENTRIES, digit);
    addPoints(result, result, picked);
  }
}

/** 0, P, 2P, … */
function fillTable(entries: usize, point: usize, count: i32): void {
  setIdentity(entries);
  for (let i = 1; i < count; i++) addPoints(entries + i * POINT, entries + (i - 1) * POINT, point);
}

function fillBaseTable(): void {
  if (baseTableReady) return;
  setGenerator(picked);
  for (let i = 0; i < BASE_DIGITS; i++) {
    fillTable(baseTable + i * BASE_TABLE_ENTRIES * POINT, picked, BASE_TABLE_ENTRIES);
    for (let bit = 0; bit < BASE_DIGIT_BITS; bit++) doublePoint(picked, picked);
  }
  baseTableReady = true;
}

/**
 * Adds half of the digits' radix at every position, so that the unsigned digits of the sum, less that half, are the signed
 * digits of the scalar.
 */
function recode(scalar: usize, digits: i32, bits: i32): void {
  memory.fill(recoded, 0, 4 * WORDS);
  for (let i = 0; i < digits; i++) {
    const position = i * bits + bits - 1;
    const word = recoded + 4 * (position >> 5);
    store<u32>(word, load<u32>(word) | (1 << (position & 31)));
  }
  let carry: u64 = 0;
  for (let i = 0; i < WORDS; i++) {
    const own: u64 = i < (ORDER_BITS + 31) / 32 ? <u64>load<u32>(scalar + 4 * i) : 0;
    carry += own + <u64>load<u32>(recoded + 4 * i);
    store<u32>(recoded + 4 * i, <u32>carry);
    carry >>= 32;
  }
}

/** `picked` = the entry |digit|, negated if the digit is negative. Reads all entries. */
function pick(entries: usize, count: i32, digit: i32): void {
  const sign = digit >> 31;
  const index = (digit ^ sign) - sign;
  for (let at: usize = 0; at < POINT; at += 16) {
    let sum = i32x4.splat(0);
    for (let i = 0; i < count; i++) {
      // All ones if this is the entry, else zero.
      const mask = i32x4.splat(((i ^ index) - 1) >> 31);
      sum = v128.or(sum, v128.and(mask, v128.load(entries + i * POINT + at)));
    }
    v128.store(picked + at, sum);
  }
  negateWhere(picked, picked, sign);
}

/** What depends on the scalar and outlives the call; not the product, which is the caller's. */
function wipe(): void {
  memory.fill(recoded, 0, 4 * WORDS);
  // Operations on what is known to all overwrite the intermediate values of the last ones.
  setIdentity(picked);
  negateWhere(picked, picked, 0);
  addPoints(picked, picked, picked);
  doublePoint(picked, picked);
}
