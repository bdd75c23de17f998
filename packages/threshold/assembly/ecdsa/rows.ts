/** Rows of three scalars: `RowKernel` of src/ecdsa/kernel/multiplication-kernel.ts, which says what they are. */
import {
  carry,
  decode,
  decodeSum,
  encode,
  GROUP,
  GROUPS_MAX,
  groups,
  isReduced,
  limbs,
  multiplyAdd,
  normalise,
  ORDER,
  R_SQUARED,
  reduce,
  setField,
  WIDE_GROUP,
  wipeField,
} from './field';
import { mask, setWords, shiftAddend, wipeWords } from './words';

const WIDTH: usize = 3;
/** Rows between carries of sums: 15 products of 27 by 26 bits each stay below 2^64. */
const ROWS_PER_CARRY: usize = 64;

let scalarBytes: usize = 0;

/** γ_1, γ_2, γ_3 of a row, each in room for a whole pad. */
const ROW: usize = memory.data(3 * GROUPS_MAX * GROUP, 16);
const ROW_STEP: usize = GROUPS_MAX * GROUP;
/** Another value. */
const OTHER: usize = memory.data(GROUPS_MAX * GROUP, 16);
/** Public multiples: both weights times R, order − claimed. */
const WEIGHTS: usize = memory.data(2 * GROUPS_MAX * GROUP, 16);
const OFFSET: usize = memory.data(GROUPS_MAX * GROUP, 16);
/** Columns of a product. */
const PRODUCT: usize = memory.data(2 * GROUPS_MAX * WIDE_GROUP, 16);
/** Columns of the two sums over all rows. */
const SUMS: usize = memory.data(4 * GROUPS_MAX * WIDE_GROUP, 16);
const SUM_STEP: usize = 2 * GROUPS_MAX * WIDE_GROUP;
/** Inputs and check value as `mask` takes them. */
const ADDEND_STEP: usize = 128;
const ADDENDS: usize = memory.data(3 * 128, 16);

/**
 * Makes this instance compute modulo an order.
 * @param numbers order ‖ R² mod order, big-endian.
 */
export function configure(orderBits: u32, numbers: usize): void {
  scalarBytes = orderBits / 8;
  decode(numbers, scalarBytes, ORDER);
  decode(numbers + scalarBytes, scalarBytes, R_SQUARED);
  setField(orderBits === 256 ? 2 : 3, orderBits);
  setWords(numbers, scalarBytes);
}

/** Limbs of scalars, one behind the other. */
export function decodeScalars(source: usize, count: usize, target: usize): void {
  for (let i: usize = 0; i < count; i++) decode(source + i * scalarBytes, scalarBytes, target + i * groups * GROUP);
}

/**
 * Pads of 48 bytes modulo an order of 32: low + high · R, where the reduction of high · R² makes the R. The others need
 * nothing: where the order is 2^κ less little, a pad of κ bits counts as what it is modulo the order.
 */
export function narrowPads(source: usize, count: usize, target: usize): void {
  const high = PRODUCT + groups * WIDE_GROUP;
  for (let pad: usize = 0; pad < count; pad++) {
    decode(source + pad * 48, 48, OTHER);
    memory.fill(PRODUCT, 0, 2 * groups * WIDE_GROUP);
    multiplyAdd(PRODUCT, OTHER + groups * GROUP, 1, R_SQUARED);
    reduce(PRODUCT);
    for (let i: usize = 0; i < limbs; i++) {
      store<u64>(high + 8 * i, load<u64>(high + 8 * i) + <u64>load<u32>(OTHER + 4 * i));
    }
    normalise(high);
    encode(high, target + pad * scalarBytes);
  }
  wipe();
}

/** @param addends three scalars. @param target room for as many scalars as there are pads. */
export function maskRows(zero: usize, one: usize, rowCount: usize, addends: usize, target: usize): void {
  for (let column: usize = 0; column < WIDTH; column++) {
    shiftAddend(addends + column * scalarBytes, ADDENDS + column * ADDEND_STEP);
  }
  const rowBytes = WIDTH * scalarBytes;
  for (let row: usize = 0, at: usize = 0; row < rowCount; row++, at += rowBytes) {
    for (let column: usize = 0; column < WIDTH; column++) {
      const item = at + column * scalarBytes;
      mask(zero + item, one + item, ADDENDS + column * ADDEND_STEP, target + item);
    }
  }
  wipe();
}

/** The three values of a row. Limbs have one bit more where something was chosen. */
function loadRow(pads: usize, masked: usize, chosen: u32): void {
  for (let column: usize = 0; column < WIDTH; column++) {
    const at = column * scalarBytes;
    const value = ROW + column * ROW_STEP;
    if (masked === 0) decode(pads + at, scalarBytes, value);
    else decodeSum(pads + at, masked + at, chosen, scalarBytes, value);
  }
}

/** All ones if the bit of the row is set, else zero. */
function choiceAt(choices: usize, row: usize): u32 {
  return 0 - ((<u32>load<u8>(choices + (row >> 3)) >> <u32>(row & 7)) & 1);
}

/** The check value of the row that is loaded, to `target`. */
function checkRow(chosen: u32, target: usize): void {
  memory.fill(PRODUCT, 0, 2 * groups * WIDE_GROUP);
  multiplyAdd(PRODUCT, WEIGHTS, groups, ROW);
  multiplyAdd(PRODUCT, WEIGHTS + ROW_STEP, groups, ROW + ROW_STEP);
  reduce(PRODUCT);
  const high = PRODUCT + groups * WIDE_GROUP;
  const last = ROW + 2 * ROW_STEP;
  for (let i: usize = 0; i < limbs; i++) {
    const sum = load<u64>(high + 8 * i) + <u64>load<u32>(last + 4 * i) + <u64>(load<u32>(OFFSET + 4 * i) & chosen);
    store<u64>(high + 8 * i, sum);
  }
  normalise(high);
  encode(high, target);
}

/**
 * @param gadget limbs of the vector times R.
 * @param numbers weights times R, order − claimed (of no account if nothing is chosen).
 * @param masked 0 if nothing is chosen. @param choices one bit for each row.
 * @param checks room for a scalar for each row, and behind them for the two sums.
 */
export function combineRows(
  pads: usize,
  rowCount: usize,
  gadget: usize,
  numbers: usize,
  masked: usize,
  choices: usize,
  checks: usize,
): void {
  decode(numbers, scalarBytes, WEIGHTS);
  decode(numbers + scalarBytes, scalarBytes, WEIGHTS + ROW_STEP);
  decode(numbers + 2 * scalarBytes, scalarBytes, OFFSET);
  memory.fill(SUMS, 0, 2 * SUM_STEP);
  for (let row: usize = 0; row < rowCount; row++) {
    const chosen = masked === 0 ? 0 : choiceAt(choices, row);
    loadRow(pads, masked, chosen);
    multiplyAdd(SUMS, gadget, groups, ROW);
    multiplyAdd(SUMS + SUM_STEP, gadget, groups, ROW + ROW_STEP);
    checkRow(chosen, checks);
    if (row % ROWS_PER_CARRY === ROWS_PER_CARRY - 1) {
      carry(SUMS, 2 * limbs);
      carry(SUMS + SUM_STEP, 2 * limbs);
    }
    pads += WIDTH * scalarBytes;
    masked += masked === 0 ? 0 : WIDTH * scalarBytes;
    gadget += groups * GROUP;
    checks += scalarBytes;
  }
  finishSum(SUMS, checks);
  finishSum(SUMS + SUM_STEP, checks + scalarBytes);
  wipe();
}

/** Σ gadget_j · bit_j. */
export function chosenSum(gadget: usize, choices: usize, rowCount: usize, target: usize): void {
  memory.fill(SUMS, 0, 2 * groups * WIDE_GROUP);
  for (let row: usize = 0; row < rowCount; row++) {
    const chosen = choiceAt(choices, row);
    for (let i: usize = 0; i < limbs; i++) {
      store<u64>(SUMS + 8 * i, load<u64>(SUMS + 8 * i) + <u64>(load<u32>(gadget + 4 * i) & chosen));
    }
    gadget += groups * GROUP;
  }
  finishSum(SUMS, target);
  wipe();
}

/** Columns that hold a sum times R, below ξ · q · 2^(κ+1), as a scalar. */
function finishSum(columns: usize, target: usize): void {
  carry(columns, 2 * limbs);
  reduce(columns);
  const high = columns + groups * WIDE_GROUP;
  normalise(high);
  encode(high, target);
}

export function areReduced(scalars: usize, count: usize): u32 {
  let all: u32 = 1;
  for (let i: usize = 0; i < count; i++) {
    decode(scalars + i * scalarBytes, scalarBytes, OTHER);
    all &= isReduced(OTHER);
  }
  return all;
}

function wipe(): void {
  memory.fill(ROW, 0, 3 * ROW_STEP);
  memory.fill(OTHER, 0, ROW_STEP);
  memory.fill(PRODUCT, 0, 2 * GROUPS_MAX * WIDE_GROUP);
  memory.fill(SUMS, 0, 2 * SUM_STEP);
  memory.fill(ADDENDS, 0, WIDTH * ADDEND_STEP);
  wipeField();
  wipeWords();
}
