import {
  bytesToBigint,
  compareBytes,
  concatBytes,
  equalBytes,
  type RandomSource,
  Reader,
  Transcript,
} from '@keymesh/foundation';
import { type Curve, modulo, randomScalar } from '../curves/index.ts';
import { gadgetOf } from './gadget.ts';
import type { SenderKeys } from './ot/base-ot.ts';
import { bitAt } from './ot/bit-matrix.ts';
import { hashBlocks } from './ot/block-hash.ts';
import { EXTENSION_MESSAGE_BYTES, extendChoices, extendHolder } from './ot/extension.ts';
import { BLOCK_BYTES, COLUMN_BYTES, DIGEST_BYTES, FACTOR_BITS, INPUT_COUNT, WIDTH } from './parameters.ts';
import type { SymmetricPrimitives } from './primitives.ts';
import type { RowArithmetic } from './row-arithmetic.ts';
import { scalarFromTranscript } from './scalar-from-transcript.ts';

/**
 * Random vector OLE between two parties (DKLs23, ePrint 2023/765, Functionality 3.5, Protocol 5.2): the chooser (Bob)
 * gets a random b, the holder (Alice) has a_1, a_2; they end with c_i and d_i such that c_i + d_i = a_i · b. Two messages.
 *
 * Both add a fresh nonce to the session, which the paper does not: pads then never repeat, even if a driver repeats an
 * execution id or somebody a message. Repeated pads would give away differences of secrets.
 */
export interface MultiplicationSession {
  readonly curve: Curve;
  readonly primitives: SymmetricPrimitives;
  /** 32 bytes over the execution, the epoch and both parties with their roles. */
  readonly session: Uint8Array;
}

/** Length of a pad before it is reduced. Bytes. secp256k1's order is so close to 2^256 that the bias is below 2^-127. */
const PAD_BYTES = 32;
const PAD_BLOCKS = (WIDTH * PAD_BYTES) / BLOCK_BYTES;

/** The holder's rows hold no choice of its own. */
const NO_CHOICES = new Uint8Array(FACTOR_BITS);

/** Length of the chooser's message. Bytes. */
export const CHOOSER_MESSAGE_BYTES = DIGEST_BYTES + EXTENSION_MESSAGE_BYTES;
/** Length of the holder's message. Bytes. */
export function holderMessageBytes(curve: Curve): number {
  return DIGEST_BYTES + (FACTOR_BITS * WIDTH + 1) * curve.scalarBytes + DIGEST_BYTES;
}

/** The chooser between its two steps. SECRET but for the message. */
export interface Chooser {
  readonly message: Uint8Array;
  /** b. Never zero but with probability 2^-256. */
  readonly factor: bigint;
  readonly choices: Uint8Array;
  readonly rows: Uint8Array;
}

export function startChooser(of: MultiplicationSession, keys: SenderKeys, random: RandomSource): Chooser {
  const nonce = random(DIGEST_BYTES);
  const choices = random(COLUMN_BYTES);
  const extension = { primitives: of.primitives, session: extensionSession(of, nonce) };
  const { message, rows } = extendChoices(extension, keys, choices);
  const { arithmetic, limbs } = gadgetOf(of.curve);
  const bits = choiceBits(choices);
  const factor = arithmetic.chosenSum(limbs, bits);
  bits.fill(0);
  return { message: concatBytes(nonce, message), factor, choices, rows };
}

/** One byte for each choice that is used. SECRET. */
function choiceBits(choices: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: FACTOR_BITS }, (_, row) => bitAt(choices, row));
}

/** Overwrites what the chooser kept. The factor is a `bigint` and can only be forgotten. */
export function wipeChooser(chooser: Chooser): void {
  chooser.choices.fill(0);
  chooser.rows.fill(0);
}

export interface HolderResult {
  readonly message: Uint8Array;
  /** c_i, the holder's part of each product. SECRET. */
  readonly products: readonly bigint[];
}

/**
 * The holder's only step.
 *
 * @param base Δ and keys of the base transfers. SECRET.
 * @param inputs a_i. SECRET.
 * @returns undefined if the chooser's message does not pass the check of the extension: see `extendHolder`.
 */
export function answerAsHolder(
  of: MultiplicationSession,
  base: { readonly delta: Uint8Array; readonly keys: Uint8Array },
  inputs: readonly bigint[],
  chooserMessage: Uint8Array,
  random: RandomSource,
): HolderResult | undefined {
  const { curve, primitives } = of;
  const chooserNonce = chooserMessage.slice(0, DIGEST_BYTES);
  const extension = { primitives, session: extensionSession(of, chooserNonce) };
  const rows = extendHolder(extension, base.delta, base.keys, chooserMessage.slice(DIGEST_BYTES));
  if (rows === undefined) return undefined;
  const nonce = random(DIGEST_BYTES);
  const padKey = padKeyOf(of, chooserMessage, nonce);
  const zero = padsOf(of, padKey, rows);
  for (let i = 0; i < rows.length; i++) rows[i] = (rows[i] as number) ^ (base.delta[i % BLOCK_BYTES] as number);
  const one = padsOf(of, padKey, rows);
  rows.fill(0);

  const { arithmetic } = gadgetOf(curve);
  const multiplied = [...inputs, ...Array.from({ length: WIDTH - INPUT_COUNT }, () => randomScalar(curve, random))];
  const zeroRows = decodeAndWipe(arithmetic, zero);
  const oneRows = decodeAndWipe(arithmetic, one);
  const addends = arithmetic.fromScalars(multiplied);
  const masked = arithmetic.maskRows(zeroRows, oneRows, addends);
  oneRows.fill(0);
  addends.fill(0);
  const weights = weightsOf(of, padKey, masked);
  const checks = arithmetic.combineRows(
    zeroRows,
    arithmetic.fromScalars(weights),
    NO_CHOICES,
    arithmetic.fromScalars([0n]),
  );
  const products = productsOf(curve, zeroRows).map((sum) => modulo(curve, -sum));
  zeroRows.fill(0);
  const claimed = multiplied.reduceRight((sum, input, i) => modulo(curve, sum + (weights[i] as bigint) * input));
  const digest = digestChecks(of, padKey, checks);
  return { message: concatBytes(nonce, masked, curve.encodeScalar(claimed), digest), products };
}

/**
 * The chooser's second step.
 * @returns d_i, its part of each product (SECRET), or undefined if the holder's message is malformed or inconsistent.
 */
export function finishChooser(
  of: MultiplicationSession,
  chooser: Chooser,
  holderMessage: Uint8Array,
): readonly bigint[] | undefined {
  const { curve } = of;
  const reader = new Reader(holderMessage);
  const nonce = reader.fixed(DIGEST_BYTES);
  const masked = reader.fixed(FACTOR_BITS * WIDTH * curve.scalarBytes);
  const claimed = reader.fixed(curve.scalarBytes);
  const expectedDigest = reader.fixed(DIGEST_BYTES);
  reader.end();
  if (!areReduced(curve, masked) || !areReduced(curve, claimed)) return undefined;

  const { arithmetic } = gadgetOf(curve);
  const padKey = padKeyOf(of, chooser.message, nonce);
  const weights = arithmetic.fromScalars(weightsOf(of, padKey, masked));
  const choices = choiceBits(chooser.choices);
  const rows = decodeAndWipe(arithmetic, padsOf(of, padKey, chooser.rows));
  arithmetic.addChosen(rows, arithmetic.decode(masked), choices, WIDTH);
  const minusClaimed = arithmetic.fromScalars([modulo(curve, -bytesToBigint(claimed))]);
  const checks = arithmetic.combineRows(rows, weights, choices, minusClaimed);
  const products = productsOf(curve, rows);
  rows.fill(0);
  choices.fill(0);
  return equalBytes(digestChecks(of, padKey, checks), expectedDigest) ? products : undefined;
}

/** Whether these bytes are canonical encodings of scalars. Public. */
function areReduced(curve: Curve, bytes: Uint8Array): boolean {
  const order = curve.encodeScalar(curve.order - 1n);
  for (let at = 0; at < bytes.length; at += order.length) {
    if (compareBytes(bytes.subarray(at, at + order.length), order) > 0) return false;
  }
  return true;
}

/** Σ g_j · row_(j,i) for each input i. */
function productsOf(curve: Curve, rows: Float64Array): readonly bigint[] {
  const { arithmetic, limbs } = gadgetOf(curve);
  return Array.from({ length: INPUT_COUNT }, (_, input) => arithmetic.innerProduct(limbs, rows, WIDTH, input));
}

function decodeAndWipe(arithmetic: RowArithmetic, pads: Uint8Array): Float64Array {
  const rows = arithmetic.decode(pads);
  pads.fill(0);
  return rows;
}

function padsOf({ primitives }: MultiplicationSession, padKey: Uint8Array, rows: Uint8Array): Uint8Array {
  const used = rows.subarray(0, FACTOR_BITS * BLOCK_BYTES);
  return hashBlocks(primitives, padKey, used, PAD_BLOCKS);
}

function extensionSession({ session }: MultiplicationSession, chooserNonce: Uint8Array): Uint8Array {
  return new Transcript('ecdsa/v1/extension').append('session', session).append('nonce', chooserNonce).digest();
}

/** Binds everything before it. */
function padKeyOf(of: MultiplicationSession, chooserMessage: Uint8Array, holderNonce: Uint8Array): Uint8Array {
  return new Transcript('ecdsa/v1/multiplication-pads')
    .append('session', of.session)
    .append('chooser', of.primitives.sha256(chooserMessage))
    .append('nonce', holderNonce)
    .digest();
}

/** θ of Protocol 5.2: fixed by the masked values, so that the holder cannot fit these to it. */
function weightsOf(of: MultiplicationSession, padKey: Uint8Array, masked: Uint8Array): readonly bigint[] {
  const digest = of.primitives.sha256(masked);
  return Array.from({ length: INPUT_COUNT }, (_, input) =>
    scalarFromTranscript(
      of.curve,
      new Transcript('ecdsa/v1/multiplication-weights')
        .append('session', padKey)
        .append('masked', digest)
        .appendU32('input', input),
    ),
  );
}

function digestChecks(of: MultiplicationSession, padKey: Uint8Array, checks: Uint8Array): Uint8Array {
  const digest = new Transcript('ecdsa/v1/multiplication-check')
    .append('session', padKey)
    .append('values', of.primitives.sha256(checks))
    .digest();
  checks.fill(0);
  return digest;
}
