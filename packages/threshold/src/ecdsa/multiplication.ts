import {
  bytesToBigint,
  concatBytes,
  equalBytes,
  type PartyIndex,
  type RandomSource,
  Reader,
  utf8,
} from '@keymesh/foundation';
import { type Curve, modulo, randomScalar } from '../curves/index.ts';
import { addToBlocks } from './kernel/bit-matrix.ts';
import type { SenderKeys } from './ot/base-ot.ts';
import { type BlockHashBackend, hashBlocks } from './ot/block-hash.ts';
import { type ExtensionSession, extendChoices, extendHolder, extensionMessageBytes } from './ot/extension.ts';
import { BLOCK_BYTES, CHECK_COUNT, DIGEST_BYTES, INPUT_COUNT, parametersOf, WIDTH } from './parameters.ts';
import type { SymmetricPrimitives } from './primitives.ts';
import { scalarFromTranscript } from './scalar-from-transcript.ts';
import { SessionTranscript } from './session-transcript.ts';

/**
 * Random vector OLE between two parties (DKLs23, ePrint 2023/765, Functionality 3.5, Protocol 5.2): the chooser (Bob)
 * gets a random b, the holder (Alice) has a_1, a_2; they end with c_i and d_i such that c_i + d_i = a_i · b. Two messages.
 *
 * Both add a fresh nonce to the session, which the paper does not: pads then never repeat, even if a driver repeats an
 * execution id or somebody a message. Repeated pads would give away differences of secrets.
 */
export interface MultiplicationSession extends BlockHashBackend {
  readonly curve: Curve;
  /** 32 bytes over the curve, the execution, the epoch and both parties with their roles. */
  readonly session: Uint8Array;
}

/** Names a multiplication within a larger session, which holds the epoch. */
export function multiplicationSession(
  primitives: SymmetricPrimitives,
  curve: Curve,
  within: Uint8Array,
  { holder, chooser }: { readonly holder: PartyIndex; readonly chooser: PartyIndex },
): Uint8Array {
  // One pair's transfers serve all curves: that no two of these use a key together must not hang on the callers.
  return new SessionTranscript(primitives, 'ecdsa/v1/multiplication')
    .append('curve', utf8(curve.name))
    .append('session', within)
    .appendU32('holder', holder)
    .appendU32('chooser', chooser)
    .digest();
}

/** Length of the chooser's message. Bytes. */
export function chooserMessageBytes(curve: Curve): number {
  return DIGEST_BYTES + extensionMessageBytes(parametersOf(curve).columnBytes);
}
/** Length of the holder's message. Bytes. */
export function holderMessageBytes(curve: Curve): number {
  return DIGEST_BYTES + (parametersOf(curve).factorBits * WIDTH + 1) * curve.scalarBytes + DIGEST_BYTES;
}

/** The chooser between its two steps. SECRET but for the message. */
export interface Chooser {
  readonly message: Uint8Array;
  /** b. Zero with a probability of one in the order only. */
  readonly factor: bigint;
  readonly choices: Uint8Array;
  readonly rows: Uint8Array;
}

export function startChooser(of: MultiplicationSession, keys: SenderKeys, random: RandomSource): Chooser {
  const nonce = random(DIGEST_BYTES);
  const choices = random(parametersOf(of.curve).columnBytes);
  const { message, rows } = extendChoices(extensionOf(of, nonce), keys, choices);
  const factor = of.kernel.rowsOf(of.curve).chosenSum(choices);
  return { message: concatBytes(nonce, message), factor, choices, rows };
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
  const { curve } = of;
  const chooserNonce = chooserMessage.subarray(0, DIGEST_BYTES);
  const rows = extendHolder(
    extensionOf(of, chooserNonce),
    base.delta,
    base.keys,
    chooserMessage.subarray(DIGEST_BYTES),
  );
  if (rows === undefined) return undefined;
  const nonce = random(DIGEST_BYTES);
  const padKey = padKeyOf(of, chooserMessage, nonce);
  const zero = padsOf(of, padKey, rows);
  addToBlocks(rows, base.delta);
  const one = padsOf(of, padKey, rows);
  rows.fill(0);

  const arithmetic = of.kernel.rowsOf(curve);
  const multiplied = [...inputs, ...Array.from({ length: CHECK_COUNT }, () => randomScalar(curve, random))];
  const masked = arithmetic.maskRows(zero, one, multiplied);
  one.fill(0);
  const weights = weightsOf(of, padKey, masked);
  const { checks, sums } = arithmetic.combineRows(zero, weights);
  zero.fill(0);
  const claimed = multiplied.reduceRight((sum, input, i) => modulo(curve, sum + (weights[i] as bigint) * input));
  const digest = digestChecks(of, padKey, checks);
  return {
    message: concatBytes(nonce, masked, curve.encodeScalar(claimed), digest),
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
  const arithmetic = of.kernel.rowsOf(curve);
  const reader = new Reader(holderMessage);
  const nonce = reader.fixed(DIGEST_BYTES);
  const masked = reader.fixed(parametersOf(curve).factorBits * WIDTH * curve.scalarBytes);
  const claimed = reader.fixed(curve.scalarBytes);
  const expectedDigest = reader.fixed(DIGEST_BYTES);
  reader.end();
  if (!arithmetic.areReduced(masked) || !arithmetic.areReduced(claimed)) return undefined;

  const padKey = padKeyOf(of, chooser.message, nonce);
  const weights = weightsOf(of, padKey, masked);
  const pads = padsOf(of, padKey, chooser.rows);
  const { checks, sums } = arithmetic.combineRows(pads, weights, {
    masked,
    choices: chooser.choices,
    claimed: bytesToBigint(claimed),
  });
  pads.fill(0);
  return equalBytes(digestChecks(of, padKey, checks), expectedDigest) ? sums : undefined;
}

/** One pad for each scalar of each row that is used. SECRET. */
function padsOf(of: MultiplicationSession, padKey: Uint8Array, rows: Uint8Array): Uint8Array {
  const { factorBits, padBytes } = parametersOf(of.curve);
  return hashBlocks(of, padKey, rows.subarray(0, factorBits * BLOCK_BYTES), (WIDTH * padBytes) / BLOCK_BYTES);
}

function extensionOf(of: MultiplicationSession, chooserNonce: Uint8Array): ExtensionSession {
  const session = new SessionTranscript(of.primitives, 'ecdsa/v1/extension')
    .append('session', of.session)
    .append('nonce', chooserNonce)
    .digest();
  const { columnBytes } = parametersOf(of.curve);
  return { primitives: of.primitives, kernel: of.kernel, session, columnBytes };
}

/** Binds everything before it. */
function padKeyOf(of: MultiplicationSession, chooserMessage: Uint8Array, holderNonce: Uint8Array): Uint8Array {
  return new SessionTranscript(of.primitives, 'ecdsa/v1/multiplication-pads')
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
      new SessionTranscript(of.primitives, 'ecdsa/v1/multiplication-weights')
        .append('session', padKey)
        .append('masked', digest)
        .appendU32('input', input),
    ),
  );
}

function digestChecks(of: MultiplicationSession, padKey: Uint8Array, checks: Uint8Array): Uint8Array {
  const digest = new SessionTranscript(of.primitives, 'ecdsa/v1/multiplication-check')
    .append('session', padKey)
    .append('values', of.primitives.sha256(checks))
    .digest();
  checks.fill(0);
  return digest;
}
