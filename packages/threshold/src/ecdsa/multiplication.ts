import { concatBytes, equalBytes, type RandomSource, Reader, Transcript } from '@keymesh/foundation';
import { type Curve, modulo, randomScalar } from '../curves/index.ts';
import { gadgetOf } from './gadget.ts';
import type { SenderKeys } from './ot/base-ot.ts';
import { bitAt } from './ot/bit-matrix.ts';
import { hashBlocks } from './ot/block-hash.ts';
import { EXTENSION_MESSAGE_BYTES, extendChoices, extendHolder } from './ot/extension.ts';
import { BLOCK_BYTES, COLUMN_BYTES, DIGEST_BYTES, FACTOR_BITS, INPUTS, WIDTH } from './parameters.ts';
import type { SymmetricPrimitives } from './primitives.ts';
import { ScalarVector, scalarFromTranscript } from './scalar-vector.ts';

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
  const gadget = gadgetOf(of.curve);
  let factor = 0n;
  // Multiplied and not branched upon.
  for (let j = 0; j < FACTOR_BITS; j++) factor += (gadget[j] as bigint) * BigInt(bitAt(choices, j));
  return { message: concatBytes(nonce, message), factor: factor % of.curve.order, choices, rows };
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

  const multiplied = [...inputs, ...Array.from({ length: WIDTH - INPUTS }, () => randomScalar(curve, random))];
  const masked = new ScalarVector(new Uint8Array(FACTOR_BITS * WIDTH * curve.scalarBytes), curve.scalarBytes);
  for (let at = 0; at < FACTOR_BITS * WIDTH; at++) {
    masked.set(at, modulo(curve, zero.get(at) - one.get(at) + (multiplied[at % WIDTH] as bigint)));
  }
  one.wipe();
  const weights = weightsOf(of, padKey, masked.bytes);
  const checks = new ScalarVector(new Uint8Array(FACTOR_BITS * curve.scalarBytes), curve.scalarBytes);
  const sums = sumRows(
    curve,
    (at) => zero.get(at),
    (row, values) => checks.set(row, combine(curve, values, weights)),
  );
  zero.wipe();
  const digest = digestChecks(of, padKey, checks);
  return {
    message: concatBytes(nonce, masked.bytes, curve.encodeScalar(combine(curve, multiplied, weights)), digest),
    products: sums.map((sum) => modulo(curve, -sum)),
  };
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
  const masked = new ScalarVector(reader.fixed(FACTOR_BITS * WIDTH * curve.scalarBytes), curve.scalarBytes);
  const claimed = new ScalarVector(reader.fixed(curve.scalarBytes), curve.scalarBytes).get(0);
  const expectedDigest = reader.fixed(DIGEST_BYTES);
  reader.end();
  if (claimed >= curve.order) return undefined;
  for (let at = 0; at < FACTOR_BITS * WIDTH; at++) if (masked.get(at) >= curve.order) return undefined;

  const padKey = padKeyOf(of, chooser.message, nonce);
  const weights = weightsOf(of, padKey, masked.bytes);
  const pads = padsOf(of, padKey, chooser.rows);
  const checks = new ScalarVector(new Uint8Array(FACTOR_BITS * curve.scalarBytes), curve.scalarBytes);
  const sums = sumRows(
    curve,
    (at) => pads.get(at) + BigInt(bitAt(chooser.choices, Math.floor(at / WIDTH))) * masked.get(at),
    (row, values) => {
      const choice = BigInt(bitAt(chooser.choices, row));
      checks.set(row, modulo(curve, combine(curve, values, weights) - choice * claimed));
    },
  );
  pads.wipe();
  return equalBytes(digestChecks(of, padKey, checks), expectedDigest) ? sums : undefined;
}

/** Σ g_j · value_(j,i) for each input i; shows each whole row to `eachRow`. */
function sumRows(
  curve: Curve,
  valueAt: (at: number) => bigint,
  eachRow: (row: number, values: readonly bigint[]) => void,
): readonly bigint[] {
  const gadget = gadgetOf(curve);
  const sums: bigint[] = new Array(INPUTS).fill(0n);
  const values: bigint[] = new Array(WIDTH).fill(0n);
  for (let row = 0; row < FACTOR_BITS; row++) {
    for (let i = 0; i < WIDTH; i++) values[i] = valueAt(row * WIDTH + i);
    for (let i = 0; i < INPUTS; i++) {
      sums[i] = (sums[i] as bigint) + (gadget[row] as bigint) * (values[i] as bigint);
    }
    eachRow(row, values);
  }
  return sums.map((sum) => sum % curve.order);
}

/** Check value + Σ weight_i · input value_i: the inputs are not seen through it, because the check value is random. */
function combine(curve: Curve, values: readonly bigint[], weights: readonly bigint[]): bigint {
  let sum = values[INPUTS] as bigint;
  for (let i = 0; i < INPUTS; i++) sum += (weights[i] as bigint) * (values[i] as bigint);
  return sum % curve.order;
}

function padsOf({ primitives, curve }: MultiplicationSession, padKey: Uint8Array, rows: Uint8Array): ScalarVector {
  const used = rows.subarray(0, FACTOR_BITS * BLOCK_BYTES);
  return new ScalarVector(hashBlocks(primitives, padKey, used, PAD_BLOCKS), curve.scalarBytes);
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
  return Array.from({ length: INPUTS }, (_, input) =>
    scalarFromTranscript(
      of.curve,
      new Transcript('ecdsa/v1/multiplication-weights')
        .append('session', padKey)
        .append('masked', digest)
        .appendU32('input', input),
    ),
  );
}

function digestChecks(of: MultiplicationSession, padKey: Uint8Array, checks: ScalarVector): Uint8Array {
  const digest = new Transcript('ecdsa/v1/multiplication-check')
    .append('session', padKey)
    .append('values', of.primitives.sha256(checks.bytes))
    .digest();
  checks.wipe();
  return digest;
}
