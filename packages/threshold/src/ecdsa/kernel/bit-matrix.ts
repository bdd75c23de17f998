const SQUARE = 32;

/**
 * Transposes a matrix of bits in time that depends on its size only. Bit i of a row is bit i mod 8 of its byte ⌊i/8⌋.
 *
 * @param rows and @param columns multiples of 32.
 * @returns `columns` rows of `rows` bits each.
 */
export function transposeBits(matrix: Uint8Array, rows: number, columns: number): Uint8Array {
  const source = new DataView(matrix.buffer, matrix.byteOffset, matrix.byteLength);
  const result = new Uint8Array(matrix.length);
  const target = new DataView(result.buffer);
  const square = new Uint32Array(SQUARE);
  const rowBytes = columns / 8;
  const columnBytes = rows / 8;
  for (let row = 0; row < rows; row += SQUARE) {
    for (let column = 0; column < columns; column += SQUARE) {
      for (let i = 0; i < SQUARE; i++) square[i] = source.getUint32((row + i) * rowBytes + column / 8, true);
      transposeSquare(square);
      for (let i = 0; i < SQUARE; i++) {
        target.setUint32((column + i) * columnBytes + row / 8, square[i] as number, true);
      }
    }
  }
  square.fill(0);
  return result;
}

/** 32 × 32 bits by swapping ever smaller halves (Warren, "Hacker's Delight", §7-3, for the low bit first). */
function transposeSquare(square: Uint32Array): void {
  for (let half = SQUARE / 2, mask = 0xffff; half > 0; half >>= 1, mask ^= mask << half) {
    for (let i = 0; i < SQUARE; i = ((i | half) + 1) & ~half) {
      const low = square[i] as number;
      const high = square[i | half] as number;
      const swap = ((low >>> half) ^ high) & mask;
      square[i] = low ^ (swap << half);
      square[i | half] = high ^ swap;
    }
  }
}

/** Bit `index` of a row: 0 or 1. */
export function bitAt(row: Uint8Array, index: number): number {
  return ((row[index >> 3] as number) >> (index & 7)) & 1;
}

/** `target` ⊕= `mask` · `source`, for a mask of 0x00 or 0xff. Does not branch on the secret mask. */
export function xorMasked(target: Uint8Array, source: Uint8Array, mask: number): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] as number) ^ ((source[i] as number) & mask);
}

/** Adds one block to each of many, in place. Words are added in the platform's byte order, which does not matter. */
export function addToBlocks(blocks: Uint8Array, block: Uint8Array): void {
  const words = new Uint32Array(blocks.buffer, blocks.byteOffset, blocks.length / 4);
  const [a, b, c, d] = new Uint32Array(block.slice().buffer) as unknown as [number, number, number, number];
  for (let i = 0; i < words.length; i += 4) {
    words[i] = (words[i] as number) ^ a;
    words[i + 1] = (words[i + 1] as number) ^ b;
    words[i + 2] = (words[i + 2] as number) ^ c;
    words[i + 3] = (words[i + 3] as number) ^ d;
  }
}
