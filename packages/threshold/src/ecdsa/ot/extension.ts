import { concatBytes, equalBytes, Reader, Transcript } from '@keymesh/foundation';
import { BASE_TRANSFERS, BLOCK_BYTES, COLUMN_BYTES, ROWS } from '../parameters.ts';
import type { SymmetricPrimitives } from '../primitives.ts';
import type { SenderKeys } from './base-ot.ts';
import { bitAt, transposeBits, xorMasked } from './bit-matrix.ts';
import { hashBlocks } from './block-hash.ts';
import { UNIVERSAL_KEY_BYTES, UniversalHash } from './universal-hash.ts';

/**
 * Extension of 128 base transfers to `ROWS` correlated ones, SoftSpokenOT with k = 1 (Roy, ePrint 2022/192): the matrix
 * of Ishai–Kilian–Nissim–Petrank, and in place of the consistency check of Keller–Orsini–Scholl (ePrint 2015/546),
 * whose proof was wrong, Roy's: a universal hash of every column. The challenge is a hash of the matrix (Fiat–Shamir),
 * for which all 128 bits of it are computational security.
 *
 * Roles are those of the multiplication: the CHOOSER (the extension's receiver, Bob) was sender of the base transfers;
 * the HOLDER (the extension's sender, Alice) has one secret Δ of 128 bits. After a run, row j of the holder is
 * row j of the chooser ⊕ (choice_j · Δ).
 */
export interface ExtensionSession {
  readonly primitives: SymmetricPrimitives;
  /** 32 bytes that no run with the same base transfers has used: with the same ones twice, choices would leak. */
  readonly session: Uint8Array;
}

const MATRIX_BYTES = BASE_TRANSFERS * COLUMN_BYTES;
const CHECK_BYTES = BLOCK_BYTES + BASE_TRANSFERS * BLOCK_BYTES;
/** Length of the chooser's message: corrections for each column, hash of the choices, hash of each column. Bytes. */
export const EXTENSION_MESSAGE_BYTES = MATRIX_BYTES + CHECK_BYTES;
const COLUMN_BLOCKS = COLUMN_BYTES / BLOCK_BYTES;

/**
 * The chooser's only step.
 *
 * @param keys of the base transfers. SECRET.
 * @param choices `ROWS` bits; the last 128 must be random and are used for nothing else. SECRET.
 * @returns the message, and `ROWS` secret rows of 16 bytes.
 */
export function extendChoices(
  of: ExtensionSession,
  keys: SenderKeys,
  choices: Uint8Array,
): { readonly message: Uint8Array; readonly rows: Uint8Array } {
  const columns = stretch(of, keys.zero);
  const corrections = stretch(of, keys.one);
  for (let at = 0; at < MATRIX_BYTES; at += COLUMN_BYTES) {
    for (let i = 0; i < COLUMN_BYTES; i++) {
      corrections[at + i] = (corrections[at + i] as number) ^ (columns[at + i] as number) ^ (choices[i] as number);
    }
  }
  const rows = transposeBits(columns, BASE_TRANSFERS, ROWS);
  columns.fill(0);
  const hash = challengeFor(of, corrections);
  return { message: concatBytes(corrections, hash.hashVector(choices), hash.hashColumns(rows)), rows };
}

/**
 * The holder's only step.
 *
 * @param delta 128 bits, the choices of the base transfers. SECRET.
 * @param keys of the base transfers. SECRET.
 * @param message `EXTENSION_MESSAGE_BYTES` bytes of the chooser.
 * @returns `ROWS` secret rows of 16 bytes, or undefined if the check fails: the chooser cheated, and by failing may have
 * learned bits of `delta`, so that these base transfers must not be used again.
 */
export function extendHolder(
  of: ExtensionSession,
  delta: Uint8Array,
  keys: Uint8Array,
  message: Uint8Array,
): Uint8Array | undefined {
  const reader = new Reader(message);
  const corrections = reader.fixed(MATRIX_BYTES);
  const hashedChoices = reader.fixed(BLOCK_BYTES);
  const hashedColumns = reader.fixed(BASE_TRANSFERS * BLOCK_BYTES);
  const columns = stretch(of, keys);
  for (let i = 0; i < BASE_TRANSFERS; i++) {
    const column = columns.subarray(i * COLUMN_BYTES, (i + 1) * COLUMN_BYTES);
    xorMasked(column, corrections.subarray(i * COLUMN_BYTES, (i + 1) * COLUMN_BYTES), -bitAt(delta, i));
  }
  const rows = transposeBits(columns, BASE_TRANSFERS, ROWS);
  columns.fill(0);
  const actual = challengeFor(of, corrections).hashColumns(rows);
  for (let bit = 0; bit < BASE_TRANSFERS; bit++) {
    const expected = hashedColumns.subarray(bit * BLOCK_BYTES, (bit + 1) * BLOCK_BYTES);
    xorMasked(expected, delta, -bitAt(hashedChoices, bit));
  }
  const consistent = equalBytes(actual, hashedColumns);
  actual.fill(0);
  hashedColumns.fill(0);
  if (consistent) return rows;
  rows.fill(0);
  return undefined;
}

/** Each key stretched to a column. */
function stretch({ primitives, session }: ExtensionSession, keys: Uint8Array): Uint8Array {
  const key = new Transcript('ecdsa/v1/extension-columns').append('session', session).digest();
  return hashBlocks(primitives, key, keys, COLUMN_BLOCKS);
}

function challengeFor({ primitives, session }: ExtensionSession, corrections: Uint8Array): UniversalHash {
  const transcript = new Transcript('ecdsa/v1/extension-check')
    .append('session', session)
    .append('corrections', primitives.sha256(corrections));
  const parts: Uint8Array[] = [];
  for (let part = 0; parts.length * 32 < UNIVERSAL_KEY_BYTES; part++)
    parts.push(transcript.appendU32('part', part).digest());
  return new UniversalHash(concatBytes(...parts).slice(0, UNIVERSAL_KEY_BYTES));
}
