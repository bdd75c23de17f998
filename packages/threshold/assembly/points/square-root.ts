/**
 * Square roots in a field with p − 1 = q · 2^TWO_ADICITY, q odd (Tonelli 1891, with the discrete logarithm in the group of
 * order 2^TWO_ADICITY taken eight bits at a time, as Sarkar 2020 does). Time depends on the value: for PUBLIC values.
 */
import { INVERSE_ROOT, ONE, TWO_ADIC_DIGIT_BITS, TWO_ADIC_ROOT, TWO_ADICITY } from './constants';
import { multiply, square } from './field';
import { copy, ELEMENT, power, toPlain } from './field-operations';

/** Bits of the logarithm that one look-up gives. The first digit takes what is left over. */
const DIGIT_BITS: i32 = TWO_ADIC_DIGIT_BITS;
const ENTRIES: i32 = 1 << DIGIT_BITS;
const DIGITS: i32 = (TWO_ADICITY + DIGIT_BITS - 1) / DIGIT_BITS;
const FIRST_DIGIT_BITS: i32 = TWO_ADICITY - DIGIT_BITS * (DIGITS - 1);

/** Plain powers of a root of unity of order 2^DIGIT_BITS: the index is the logarithm. */
const logarithms = memory.data(ELEMENT * ENTRIES, 16);
/** For digit k at bit position b: root^(j · 2^(b − 1)), and root^j for the first digit. */
const halves = memory.data(ELEMENT * ENTRIES * DIGITS, 16);
let tablesReady = false;

const remainder = memory.data(ELEMENT, 16);
const current = memory.data(ELEMENT, 16);

/** out² · a = 1, with a root of either sign. False, and nothing of use, if a is zero or not a square. `out` is not a. */
export function inverseSquareRoot(out: usize, a: usize): bool {
  fillTables();
  power(out, a, INVERSE_ROOT);
  // a^q, which out² · a is, has an order of 2^TWO_ADICITY at most; multiplying by roots of unity makes it 1.
  square(remainder, out);
  multiply(remainder, remainder, a);
  let position = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const width = digit === 0 ? FIRST_DIGIT_BITS : DIGIT_BITS;
    copy(current, remainder);
    for (let i = position + width; i < TWO_ADICITY; i++) square(current, current);
    const logarithm = logarithmOf(current);
    if (logarithm < 0) return false;
    // The power that takes the digit away.
    const value = -(logarithm >> (DIGIT_BITS - width)) & ((1 << width) - 1);
    if (digit === 0 && (value & 1) !== 0) return false;
    const half = halves + (digit * ENTRIES + (digit === 0 ? value >> 1 : value)) * ELEMENT;
    multiply(out, out, half);
    square(current, half);
    multiply(remainder, remainder, current);
    position += width;
  }
  return true;
}

/** −1 for zero, which is the only value that is in no table. */
function logarithmOf(a: usize): i32 {
  toPlain(current, a);
  for (let i = 0; i < ENTRIES; i++) {
    const entry = logarithms + i * ELEMENT;
    if (load<i32>(entry) === load<i32>(current) && same(entry, current)) return i;
  }
  return -1;
}

function same(a: usize, b: usize): bool {
  for (let i: usize = 0; i < ELEMENT; i += 16) {
    if (v128.any_true(v128.xor(v128.load(a + i), v128.load(b + i)))) return false;
  }
  return true;
}

function fillTables(): void {
  if (tablesReady) return;
  let position = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    copy(current, TWO_ADIC_ROOT);
    for (let i = 0; i < position - 1; i++) square(current, current);
    fillPowers(halves + digit * ENTRIES * ELEMENT);
    position += digit === 0 ? FIRST_DIGIT_BITS : DIGIT_BITS;
  }
  copy(current, TWO_ADIC_ROOT);
  for (let i = DIGIT_BITS; i < TWO_ADICITY; i++) square(current, current);
  fillPowers(logarithms);
  for (let i = 0; i < ENTRIES; i++) toPlain(logarithms + i * ELEMENT, logarithms + i * ELEMENT);
  tablesReady = true;
}

/** 1, c, c², … for c in `current`. */
function fillPowers(entries: usize): void {
  copy(entries, ONE);
  for (let i = 1; i < ENTRIES; i++) multiply(entries + i * ELEMENT, entries + (i - 1) * ELEMENT, current);
}
