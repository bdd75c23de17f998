import type { Curve } from '../../curves/index.ts';

/**
 * The arithmetic of a multiplication where its volume is: matrices of bits, blocks around the block cipher, rows of
 * scalars. `referenceKernel` is readable, runs everywhere and is the oracle of faster ones, which compute the same bytes.
 */
export interface MultiplicationKernel {
  readonly backend: 'typescript' | 'webassembly';

  /**
   * A tweakable hash of secret blocks to several blocks each: TMMO, H(x, i) = π(π(x) ⊕ i) ⊕ π(x) (Guo, Katz, Wang, Yu:
   * "Efficient and secure multiparty computation from fixed-key block ciphers", IEEE S&P 2020, §7.4; circular correlation
   * robust in the ideal cipher model). The tweak is (position of the input, number of the output block), 4 bytes each,
   * big-endian.
   *
   * @param encrypt π on each block of 16 bytes, to a new array.
   * @param inputs blocks of 16 bytes. SECRET.
   * @returns for each input in order, `outputBlocks` blocks of 16 bytes. SECRET.
   */
  hashBlocks(encrypt: (blocks: Uint8Array) => Uint8Array, inputs: Uint8Array, outputBlocks: number): Uint8Array;

  /**
   * The chooser's matrix. Columns of `choices.length` bytes each; SECRET.
   * @returns corrections `zero` ⊕ `one` ⊕ choices for each column (public), and `zero` by rows of 16 bytes (SECRET).
   */
  offerColumns(
    zero: Uint8Array,
    one: Uint8Array,
    choices: Uint8Array,
  ): { readonly corrections: Uint8Array; readonly rows: Uint8Array };
  /**
   * The holder's matrix.
   * @returns `columns` ⊕ (bit of `delta` · correction) for each column, by rows of 16 bytes. SECRET.
   */
  holdColumns(columns: Uint8Array, corrections: Uint8Array, delta: Uint8Array): Uint8Array;

  /**
   * The universal hash of the consistency check, h(x) = x_last + Σ χ_k · x_k over blocks of 128 bits in GF(2^128) with
   * x^128 = x^7 + x^2 + x + 1 (SoftSpokenOT, ePrint 2022/192, §4; 2^-128-almost universal, and uniform when the last
   * block is), of each column.
   *
   * @param key the challenge χ_1 ‖ χ_2 ‖ …, 16 bytes for each hashed block. Public.
   * @param rows of 16 bytes, 128 for each hashed block and 128 more. SECRET.
   * @returns 128 rows of 16 bytes: row b holds output bit b of every column.
   */
  hashColumns(key: Uint8Array, rows: Uint8Array): Uint8Array;
  /** The same hash of one vector: 16 bytes for each hashed block and 16 more. */
  hashVector(key: Uint8Array, vector: Uint8Array): Uint8Array;

  /** @throws ThresholdError `ecdsa/invalid-parameters` for a curve without ECDSA. */
  rowsOf(curve: Curve): RowKernel;
}

/**
 * Rows of three scalars modulo the order of one curve, one row for each bit of the factor. Pads are big-endian integers
 * of `padBytes`, not reduced; everything else is encoded scalars of `scalarBytes`. SECRET unless said otherwise.
 */
export interface RowKernel {
  /** Σ_j gadget_j · bit_j. @param choices bit j is bit j mod 8 of byte ⌊j/8⌋; there may be more. */
  chosenSum(choices: Uint8Array): bigint;
  /**
   * The holder's masked values.
   * @param addends of each row: two inputs and the check value.
   * @returns zero_j − one_j + addends for each row. Public.
   */
  maskRows(zero: Uint8Array, one: Uint8Array, addends: readonly bigint[]): Uint8Array;
  /**
   * What both sides do with pads: with γ_j = pad_j, plus bit_j · masked_j if something was chosen, the check values
   * γ_j,3 + Σ_i weight_i · γ_j,i − bit_j · claimed of all rows, and the sums Σ_j gadget_j · γ_j,i of both inputs.
   * @param weights θ. Public.
   */
  combineRows(pads: Uint8Array, weights: readonly bigint[], chosen?: ChosenRows): CombinedRows;
  /** Whether these bytes are canonical encodings of scalars. Public. */
  areReduced(scalars: Uint8Array): boolean;
}

export interface ChosenRows {
  /** What `maskRows` of the other side gave; reduced. Public. */
  readonly masked: Uint8Array;
  /** Bits as for `chosenSum`. SECRET. */
  readonly choices: Uint8Array;
  /** η. Public. */
  readonly claimed: bigint;
}

export interface CombinedRows {
  readonly checks: Uint8Array;
  readonly sums: readonly bigint[];
}
