/** Matrices of bits: `offerColumns`, `holdColumns` and the universal hash of `MultiplicationKernel`. */

const BLOCK: usize = 16;
const COLUMNS: usize = 128;
const SQUARE: usize = 32;
/** Four squares of 32 × 32 bits side by side. */
const SQUARES: usize = memory.data(SQUARE * BLOCK, 16);

/** Eight tables, of the sums of four rows each. */
const TABLES: usize = memory.data(8 * 16 * 16, 16);
/** Bit i of row b of block k: whether hashed row 128k + i enters output bit b. Public. */
const BLOCKS_MAX: usize = 5;
const POWERS: usize = memory.data(128 * 16, 16);
const SELECTORS: usize = memory.data(BLOCKS_MAX * 128 * 16, 16);

/** Swaps ever smaller halves of four squares at once (Warren, "Hacker's Delight", §7-3, for the low bit first). */
function transposeSquares(): void {
  let mask: u32 = 0xffff;
  for (let half: u32 = 16; half > 0; half >>= 1) {
    const masks = i32x4.splat(mask);
    for (let i: usize = 0; i < SQUARE; i = ((i | half) + 1) & ~half) {
      const low = SQUARES + i * BLOCK;
      const high = low + half * BLOCK;
      const swap = v128.and(v128.xor(i32x4.shr_u(v128.load(low), half), v128.load(high)), masks);
      v128.store(low, v128.xor(v128.load(low), i32x4.shl(swap, half)));
      v128.store(high, v128.xor(v128.load(high), swap));
    }
    mask ^= mask << (half >> 1);
  }
}

/** 128 rows, `step` bytes apart, of 128 bits to 128 rows of 16 bytes. */
function transposeBlock(source: usize, step: usize, target: usize): void {
  for (let part: usize = 0; part < 4; part++) {
    for (let i: usize = 0; i < SQUARE; i++) {
      v128.store(SQUARES + i * BLOCK, v128.load(source + (part * SQUARE + i) * step));
    }
    transposeSquares();
    for (let i: usize = 0; i < SQUARE; i++) {
      const word = target + 4 * part + i * BLOCK;
      const squares = v128.load(SQUARES + i * BLOCK);
      v128.store_lane<u32>(word, squares, 0);
      v128.store_lane<u32>(word, squares, 1, SQUARE * BLOCK);
      v128.store_lane<u32>(word, squares, 2, 2 * SQUARE * BLOCK);
      v128.store_lane<u32>(word, squares, 3, 3 * SQUARE * BLOCK);
    }
  }
}

function transposeColumns(columns: usize, columnBytes: usize, rows: usize): void {
  for (let at: usize = 0; at < columnBytes; at += BLOCK) {
    transposeBlock(columns + at, columnBytes, rows + at * 8 * BLOCK);
  }
  memory.fill(SQUARES, 0, SQUARE * BLOCK);
}

/** `one` becomes the corrections. */
export function offerColumns(zero: usize, one: usize, choices: usize, columnBytes: usize, rows: usize): void {
  for (let column: usize = 0, at: usize = 0; column < COLUMNS; column++) {
    for (let i: usize = 0; i < columnBytes; i += BLOCK, at += BLOCK) {
      const offered = v128.xor(v128.load(zero + at), v128.load(choices + i));
      v128.store(one + at, v128.xor(v128.load(one + at), offered));
    }
  }
  transposeColumns(zero, columnBytes, rows);
}

/** `columns` becomes the corrected ones. */
export function holdColumns(columns: usize, corrections: usize, delta: usize, columnBytes: usize, rows: usize): void {
  for (let column: usize = 0, at: usize = 0; column < COLUMNS; column++) {
    const bit = (load<u8>(delta + (column >> 3)) >> <u8>(column & 7)) & 1;
    const mask = i8x16.splat(-(<i8>bit));
    for (let i: usize = 0; i < columnBytes; i += BLOCK, at += BLOCK) {
      const correction = v128.and(v128.load(corrections + at), mask);
      v128.store(columns + at, v128.xor(v128.load(columns + at), correction));
    }
  }
  transposeColumns(columns, columnBytes, rows);
}

/** The challenge as a matrix: row i of a block is χ · x^i, which its transpose turns into what enters each output bit. */
function select(key: usize, blocks: usize): void {
  for (let block: usize = 0; block < blocks; block++) {
    let low = load<u64>(key + block * BLOCK);
    let high = load<u64>(key + block * BLOCK, 8);
    for (let i: usize = 0; i < 128; i++) {
      store<u64>(POWERS + i * BLOCK, low);
      store<u64>(POWERS + i * BLOCK, high, 8);
      const overflow = high >> 63;
      high = (high << 1) | (low >> 63);
      low = (low << 1) ^ (overflow * 0x87);
    }
    transposeBlock(POWERS, BLOCK, SELECTORS + block * 128 * BLOCK);
  }
}

/** All sums of four rows: entry s is the sum of those rows whose bit is set in s. */
function fillTable(table: usize, rows: usize): void {
  v128.store(table, i64x2.splat(0));
  for (let row: usize = 0; row < 4; row++) {
    const known: usize = 1 << row;
    const added = v128.load(rows + row * BLOCK);
    for (let entry: usize = 0; entry < known; entry++) {
      v128.store(table + (known + entry) * BLOCK, v128.xor(v128.load(table + entry * BLOCK), added));
    }
  }
}

export function hashColumns(key: usize, blocks: usize, rows: usize, target: usize): void {
  select(key, blocks);
  memory.copy(target, rows + blocks * 128 * BLOCK, 128 * BLOCK);
  for (let part: usize = 0; part < 4 * blocks; part++) {
    for (let table: usize = 0; table < 8; table++) {
      fillTable(TABLES + table * 16 * BLOCK, rows + (part * SQUARE + table * 4) * BLOCK);
    }
    const selectors = SELECTORS + (part >> 2) * 128 * BLOCK + (part & 3) * 4;
    for (let bit: usize = 0; bit < 128; bit++) {
      const chosen = <usize>load<u32>(selectors + bit * BLOCK);
      let sum = v128.load(target + bit * BLOCK);
      sum = v128.xor(sum, v128.load(TABLES + ((chosen << 4) & 0xf0)));
      sum = v128.xor(sum, v128.load(TABLES + (chosen & 0xf0), 0x100));
      sum = v128.xor(sum, v128.load(TABLES + ((chosen >> 4) & 0xf0), 0x200));
      sum = v128.xor(sum, v128.load(TABLES + ((chosen >> 8) & 0xf0), 0x300));
      sum = v128.xor(sum, v128.load(TABLES + ((chosen >> 12) & 0xf0), 0x400));
      sum = v128.xor(sum, v128.load(TABLES + ((chosen >> 16) & 0xf0), 0x500));
      sum = v128.xor(sum, v128.load(TABLES + ((chosen >> 20) & 0xf0), 0x600));
      sum = v128.xor(sum, v128.load(TABLES + ((chosen >> 24) & 0xf0), 0x700));
      v128.store(target + bit * BLOCK, sum);
    }
  }
  memory.fill(TABLES, 0, 8 * 16 * BLOCK);
}

export function hashVector(key: usize, blocks: usize, vector: usize, target: usize): void {
  select(key, blocks);
  for (let half: usize = 0; half < 2; half++) {
    let sums: u64 = 0;
    for (let bit: usize = 0; bit < 64; bit++) {
      let entering: u64 = 0;
      for (let block: usize = 0; block < blocks; block++) {
        const selector = SELECTORS + (block * 128 + half * 64 + bit) * BLOCK;
        entering ^= load<u64>(selector) & load<u64>(vector + block * BLOCK);
        entering ^= load<u64>(selector, 8) & load<u64>(vector + block * BLOCK, 8);
      }
      sums |= (popcnt(entering) & 1) << bit;
    }
    store<u64>(target + half * 8, sums ^ load<u64>(vector + blocks * BLOCK + half * 8));
  }
}
