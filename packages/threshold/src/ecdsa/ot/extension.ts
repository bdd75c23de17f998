import { concatBytes, equalBytes, Reader } from '@keymesh/foundation';
import { bitAt, xorMasked } from '../kernel/bit-matrix.ts';
import { BASE_TRANSFERS, BLOCK_BYTES, DIGEST_BYTES } from '../parameters.ts';
import { SessionTranscript } from '../session-transcript.ts';
import type { SenderKeys } from './base-ot.ts';
import { type BlockHashBackend, hashBlocks } from './block-hash.ts';

/**
 * Extension of 128 base transfers to several hundred correlated ones, SoftSpokenOT with k = 1 (Roy, ePrint 2022/192): the matrix
 * of Ishai–Kilian–Nissim–Petrank, and in place of the consistency check of Keller–Orsini–Scholl (ePrint 2015/546),
 * whose proof was wrong, Roy's: a universal hash of every column. The challenge is a hash of the matrix (Fiat–Shamir),
 * for which all 128 bits of it are computational security.
 *
 * Roles are those of the multiplication: the CHOOSER (the extension's receiver, Bob) was sender of the base transfers;
 * the HOLDER (the extension's sender, Alice) has one secret Δ of 128 bits. After a run, row j of the holder is
 * row j of the chooser ⊕ (choice_j · Δ).
 */
export interface ExtensionSession extends BlockHashBackend {
  /** 32 bytes that no run with the same base transfers has used: with the same ones twice, choices would leak. */
  readonly session: Uint8Array;
  /** Length of a column of the matrix, which has eight times as many rows. Bytes. */
  readonly columnBytes: number;
}

/** Length of the chooser's message: corrections for each column, hash of the choices, hash of each column. Bytes. */
export function extensionMessageBytes(columnBytes: number): number {
  return BASE_TRANSFERS * columnBytes + BLOCK_BYTES + BASE_TRANSFERS * BLOCK_BYTES;
}

/**
 * The chooser's only step.
 *
 * @param keys of the base transfers. SECRET.
 * @param choices `columnBytes` bytes; the last 128 must be random and are used for nothing else. SECRET.
 * @returns the message, and a secret row of 16 bytes for each choice.
 */
export function extendChoices(
  of: ExtensionSession,
  keys: SenderKeys,
  choices: Uint8Array,
): { readonly message: Uint8Array; readonly rows: Uint8Array } {
  const columnKey = columnKeyOf(of);
  const zero = stretch(of, columnKey, keys.zero);
  const one = stretch(of, columnKey, keys.one);
  const { corrections, rows } = of.kernel.offerColumns(zero, one, choices);
  zero.fill(0);
  one.fill(0);
  const challenge = challengeFor(of, corrections);
  const hashedChoices = of.kernel.hashVector(challenge, choices);
  return { message: concatBytes(corrections, hashedChoices, of.kernel.hashColumns(challenge, rows)), rows };
}

/**
 * The holder's only step.
 *
 * @param delta 128 bits, the choices of the base transfers. SECRET.
 * @param keys of the base transfers. SECRET.
 * @param message `extensionMessageBytes` bytes of the chooser.
 * @returns the secret rows of 16 bytes, or undefined if the check fails: the chooser cheated, and by failing may have
 * learned bits of `delta`, so that these base transfers must not be used again.
 */
export function extendHolder(
  of: ExtensionSession,
  delta: Uint8Array,
  keys: Uint8Array,
  message: Uint8Array,
): Uint8Array | undefined {
  const reader = new Reader(message);
  const corrections = reader.fixed(BASE_TRANSFERS * of.columnBytes);
  const hashedChoices = reader.fixed(BLOCK_BYTES);
  const hashedColumns = reader.fixed(BASE_TRANSFERS * BLOCK_BYTES);
  const columns = stretch(of, columnKeyOf(of), keys);
  const rows = of.kernel.holdColumns(columns, corrections, delta);
  columns.fill(0);
  const actual = of.kernel.hashColumns(challengeFor(of, corrections), rows);
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
function stretch(of: ExtensionSession, columnKey: Uint8Array, keys: Uint8Array): Uint8Array {
  return hashBlocks(of, columnKey, keys, of.columnBytes / BLOCK_BYTES);
}

function columnKeyOf({ primitives, session }: ExtensionSession): Uint8Array {
  return new SessionTranscript(primitives, 'ecdsa/v1/extension-columns').append('session', session).digest();
}

/** The key of the universal hash: one block for each hashed block of a column. Public. */
function challengeFor({ primitives, session, columnBytes }: ExtensionSession, corrections: Uint8Array): Uint8Array {
  const length = columnBytes - BLOCK_BYTES;
  const transcript = new SessionTranscript(primitives, 'ecdsa/v1/extension-check')
    .append('session', session)
    .append('corrections', primitives.sha256(corrections));
  const parts = Array.from({ length: Math.ceil(length / DIGEST_BYTES) }, (_, part) =>
    transcript.appendU32('part', part).digest(),
  );
  return concatBytes(...parts).slice(0, length);
}
