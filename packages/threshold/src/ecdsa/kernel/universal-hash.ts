import { BLOCK_BYTES, COMPUTATIONAL_SECURITY_BITS } from '../parameters.ts';
import { bitAt, transposeBits } from './bit-matrix.ts';

const WORDS = BLOCK_BYTES / 4;
/** Rows that are looked up together. */
const GROUP = 4;
/** x^128 = x^7 + x^2 + x + 1. */
const REDUCTION = 0x87;

/**
 * The universal hash of `MultiplicationKernel`. It is linear over GF(2). The challenge is public and the hashed bits are
 * secret, so it is kept as a public matrix: lookups are made with its bits, and secrets are only added.
 */
export class UniversalHash {
  readonly #hashedRows: number;
  /** Row b: the hashed rows that enter output bit b. */
  readonly #selectors: Uint8Array;

  /** @param key the challenge, 16 bytes for each hashed block. */
  constructor(key: Uint8Array) {
    const blocks = key.length / BLOCK_BYTES;
    this.#hashedRows = blocks * COMPUTATIONAL_SECURITY_BITS;
    const products = new Uint8Array(this.#hashedRows * BLOCK_BYTES);
    for (let block = 0; block < blocks; block++) {
      let power: Uint8Array = key.slice(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);
      for (let i = 0; i < COMPUTATIONAL_SECURITY_BITS; i++) {
        products.set(power, (block * COMPUTATIONAL_SECURITY_BITS + i) * BLOCK_BYTES);
        power = timesX(power);
      }
    }
    this.#selectors = transposeBits(products, this.#hashedRows, COMPUTATIONAL_SECURITY_BITS);
  }

  hashVector(vector: Uint8Array): Uint8Array {
    const bytes = this.#hashedRows / 8;
    const result = vector.slice(bytes);
    for (let bit = 0; bit < COMPUTATIONAL_SECURITY_BITS; bit++) {
      let sum = 0;
      for (let i = 0; i < bytes; i++) sum ^= (this.#selectors[bit * bytes + i] as number) & (vector[i] as number);
      sum ^= sum >> 4;
      sum ^= sum >> 2;
      sum ^= sum >> 1;
      result[bit >> 3] = (result[bit >> 3] as number) ^ ((sum & 1) << (bit & 7));
    }
    return result;
  }

  hashColumns(rows: Uint8Array): Uint8Array {
    const source = new Uint32Array(rows.length / 4);
    new Uint8Array(source.buffer).set(rows);
    const result = source.slice(this.#hashedRows * WORDS);
    const sums = new Uint32Array((1 << GROUP) * WORDS);
    for (let group = 0; group < this.#hashedRows / GROUP; group++) {
      fillSums(sums, source, group * GROUP * WORDS);
      const byte = (group * GROUP) >> 3;
      const shift = (group * GROUP) & 7;
      for (let bit = 0, at = byte; bit < COMPUTATIONAL_SECURITY_BITS; bit++, at += this.#hashedRows / 8) {
        const chosen = (((this.#selectors[at] as number) >> shift) & 0xf) * WORDS;
        const out = bit * WORDS;
        for (let word = 0; word < WORDS; word++) {
          result[out + word] = (result[out + word] as number) ^ (sums[chosen + word] as number);
        }
      }
    }
    source.fill(0);
    sums.fill(0);
    return new Uint8Array(result.buffer);
  }
}

/** All sums of four rows: entry s is the sum of those rows whose bit is set in s. */
function fillSums(sums: Uint32Array, rows: Uint32Array, offset: number): void {
  for (let row = 0; row < GROUP; row++) {
    const known = 1 << row;
    for (let entry = 0; entry < known; entry++) {
      for (let word = 0; word < WORDS; word++) {
        sums[(known + entry) * WORDS + word] =
          (sums[entry * WORDS + word] as number) ^ (rows[offset + row * WORDS + word] as number);
      }
    }
  }
}

/** x · element in GF(2^128); coefficient of x^i is bit i. */
function timesX(element: Uint8Array): Uint8Array {
  const result = new Uint8Array(BLOCK_BYTES);
  const overflow = bitAt(element, COMPUTATIONAL_SECURITY_BITS - 1);
  for (let i = BLOCK_BYTES - 1; i > 0; i--) {
    result[i] = ((element[i] as number) << 1) | ((element[i - 1] as number) >> 7);
  }
  result[0] = ((element[0] as number) << 1) ^ (overflow * REDUCTION);
  return result;
}
