import { bytesToBigint, type PartyIndex, type RandomSource, type SecretBytes } from '@keymesh/foundation';
import { ThresholdError } from '../errors.ts';
import { assertDistinctParties, assertPartyIndex } from '../sharing/index.ts';
import type { BlsBackend, G1Point, G2Point } from './backend.ts';

/** Length of the random weights of a batch: a wrong partial signature passes with probability 2^-128. Bytes. */
const BATCH_WEIGHT_BYTES = 16;

/** One party's signature under its share of the key. Public. */
export interface PartialSignature {
  readonly party: PartyIndex;
  /** A compressed point of G2, 96 bytes, as received: not yet decoded or checked. */
  readonly value: Uint8Array;
}

/** Gives a party's verifying share, share · generator: a compressed point of G1, 48 bytes. */
export type VerifyingShares = (party: PartyIndex) => Uint8Array;

/**
 * Signs with one share (draft-irtf-cfrg-bls-signature-05 §2.6 CoreSign, with the share as the key).
 *
 * @param share the scalar in 32 big-endian bytes, as key generation gives it. SECRET.
 * @param random blinds the multiplication in backends that are not constant-time.
 * @throws ThresholdError `sharing/invalid-party`, `curve/invalid-scalar`.
 */
export function partialSign(
  backend: BlsBackend,
  party: PartyIndex,
  share: SecretBytes,
  message: Uint8Array,
  random: RandomSource,
): PartialSignature {
  assertPartyIndex(party);
  const value = share.expose((secret) => backend.encodeG2(backend.sign(secret, message, random)));
  return { party, value };
}

/**
 * Whether a partial signature is its party's on this message. False for bytes that are not a point, too.
 * @param verifyingShare 48 bytes. @throws ThresholdError `curve/invalid-point` if THAT is not a point.
 */
export function verifyPartial(
  backend: BlsBackend,
  verifyingShare: Uint8Array,
  message: Uint8Array,
  partial: PartialSignature,
): boolean {
  const point = backend.decodeG1(verifyingShare);
  const signature = tryDecodeG2(backend, partial.value);
  return signature !== undefined && backend.verify(point, message, signature);
}

/**
 * Checks many partial signatures on one message at the price of little more than one: a random linear combination of
 * them must be a signature under the same combination of the verifying shares (Bellare, Garay, Rabin, EUROCRYPT 1998).
 * If it is not, each is checked alone.
 *
 * @returns the parties whose partial signatures are wrong or not points, ascending; empty if all are good.
 * @throws ThresholdError `sharing/invalid-party` for a repeated party; `curve/invalid-point` for a bad verifying share.
 */
export function verifyPartialsInBatch(
  backend: BlsBackend,
  verifyingShares: VerifyingShares,
  message: Uint8Array,
  partials: readonly PartialSignature[],
  random: RandomSource,
): readonly PartyIndex[] {
  const { decoded, culprits } = decodePartials(backend, partials);
  if (decoded.length === 0) return culprits;
  const keys = decoded.map(({ party }) => backend.decodeG1(verifyingShares(party)));
  if (verifyCombination(backend, keys, message, decoded, random)) return culprits;
  const liars = decoded.filter(({ point }, i) => !backend.verify(keys[i] as G1Point, message, point));
  return [...culprits, ...liars.map(({ party }) => party)].sort((a, b) => a - b);
}

function verifyCombination(
  backend: BlsBackend,
  keys: readonly G1Point[],
  message: Uint8Array,
  decoded: readonly DecodedPartial[],
  random: RandomSource,
): boolean {
  const weights = decoded.map(() => bytesToBigint(random(BATCH_WEIGHT_BYTES)));
  const key = backend.sumOfProductsG1(keys, weights);
  const signature = backend.sumOfProductsG2(
    decoded.map(({ point }) => point),
    weights,
  );
  return backend.verify(key, message, signature);
}

/** A partial signature whose bytes are a valid point. Whether it verifies is still open. */
export interface DecodedPartial {
  readonly party: PartyIndex;
  readonly point: G2Point;
}

/**
 * Decodes what can be decoded and names the rest.
 * @throws ThresholdError `sharing/invalid-party` for a repeated or invalid party.
 */
export function decodePartials(
  backend: BlsBackend,
  partials: readonly PartialSignature[],
): { readonly decoded: readonly DecodedPartial[]; readonly culprits: readonly PartyIndex[] } {
  assertDistinctParties(partials.map(({ party }) => party));
  const decoded: DecodedPartial[] = [];
  const culprits: PartyIndex[] = [];
  for (const { party, value } of partials) {
    const point = tryDecodeG2(backend, value);
    if (point === undefined) culprits.push(party);
    else decoded.push({ party, point });
  }
  return { decoded, culprits: culprits.sort((a, b) => a - b) };
}

function tryDecodeG2(backend: BlsBackend, bytes: Uint8Array): G2Point | undefined {
  try {
    return backend.decodeG2(bytes);
  } catch (thrown) {
    if (thrown instanceof ThresholdError && thrown.code === 'curve/invalid-point') return undefined;
    throw thrown;
  }
}
