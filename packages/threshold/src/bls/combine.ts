import type { PartyIndex, RandomSource } from '@keymesh/foundation';
import { ThresholdError } from '../errors.ts';
import { THRESHOLD_MIN } from '../sharing/index.ts';
import type { BlsBackend, G2Point } from './backend.ts';
import { interpolateG2AtZero } from './interpolation.ts';
import {
  type DecodedPartial,
  decodePartials,
  type PartialSignature,
  type VerifyingShares,
  verifyPartialsInBatch,
} from './partial-signature.ts';

/**
 * The signature of the whole key from partial signatures of at least t parties (Boldyreva, PKC 2003). Any t or more
 * give the same signature. NOTHING is verified but that the bytes are points: call `verify`, or use `aggregate`.
 *
 * @returns 96 bytes.
 * @throws ThresholdError `bls/invalid-partials` naming parties whose bytes are not points;
 * `sharing/wrong-share-count` for fewer than two; `sharing/invalid-party` for a repeated party.
 */
export function combine(backend: BlsBackend, partials: readonly PartialSignature[]): Uint8Array {
  if (partials.length < THRESHOLD_MIN) throw tooFew(partials.length, THRESHOLD_MIN);
  const { decoded, culprits } = decodePartials(backend, partials);
  if (culprits.length > 0) throw invalidPartials(culprits, partials.length, partials.length);
  return backend.encodeG2(combineDecoded(backend, decoded));
}

/**
 * Whether `signature` is the key's signature on the message (draft-irtf-cfrg-bls-signature-05 §2.7 CoreVerify).
 * False for signature bytes that are not a point.
 *
 * @param publicKey 48 bytes. @throws ThresholdError `curve/invalid-point` if THAT is not a point.
 */
export function verify(
  backend: BlsBackend,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = backend.decodeG1(publicKey);
  let point: G2Point;
  try {
    point = backend.decodeG2(signature);
  } catch (thrown) {
    if (thrown instanceof ThresholdError && thrown.code === 'curve/invalid-point') return false;
    throw thrown;
  }
  return backend.verify(key, message, point);
}

export interface AggregateParameters {
  /** The root public key: 48 bytes. */
  readonly publicKey: Uint8Array;
  /** t: partial signatures that determine the signature. */
  readonly threshold: number;
  readonly message: Uint8Array;
  /** At least `threshold`, of different parties. More than that let a liar be replaced at once. */
  readonly partials: readonly PartialSignature[];
  /** Asked only if something is wrong. */
  readonly verifyingShares: VerifyingShares;
  readonly random: RandomSource;
}

export interface AggregateResult {
  /** The verified signature: 96 bytes. */
  readonly signature: Uint8Array;
  /**
   * Parties that were found to have sent something wrong on the way, ascending. Those that were not needed and not
   * looked at are not among them: an empty list does not say that all were good.
   */
  readonly culprits: readonly PartyIndex[];
}

/**
 * Combines, verifies the result, and only if it is wrong looks for the liars and combines without them.
 *
 * @throws ThresholdError `bls/invalid-partials` (fault `peer`, with culprits) if fewer than t good ones are left;
 * `sharing/wrong-share-count` if fewer than t were given; `bls/inconsistent-keys` if partial signatures that verify
 * give a signature that does not; `sharing/invalid-party`; `curve/invalid-point` for a bad public key.
 */
export function aggregate(backend: BlsBackend, parameters: AggregateParameters): AggregateResult {
  const { point, culprits } = aggregateToPoint(backend, parameters);
  return { signature: backend.encodeG2(point), culprits };
}

/** `aggregate` without encoding the result. */
export function aggregateToPoint(
  backend: BlsBackend,
  { publicKey, threshold, message, partials, verifyingShares, random }: AggregateParameters,
): { readonly point: G2Point; readonly culprits: readonly PartyIndex[] } {
  const key = backend.decodeG1(publicKey);
  const { decoded, culprits: undecodable } = decodeEnough(backend, partials, threshold);

  const optimistic = combineDecoded(backend, decoded.slice(0, threshold));
  if (backend.verify(key, message, optimistic)) return { point: optimistic, culprits: undecodable };

  const culprits = verifyPartialsInBatch(backend, verifyingShares, message, partials, random);
  const honest = decoded.filter(({ party }) => !culprits.includes(party));
  if (honest.length < threshold) throw invalidPartials(culprits, partials.length, threshold);
  const point = combineDecoded(backend, honest.slice(0, threshold));
  if (backend.verify(key, message, point)) return { point, culprits };
  throw new ThresholdError('Valid partial signatures do not combine to a signature of the public key.', {
    code: 'bls/inconsistent-keys',
    fault: 'caller',
    hint: 'The public key, the threshold and the verifying shares must come from the same key generation.',
    details: { threshold },
  });
}

/** Decodes partial signatures and insists on `threshold` that are points. */
export function decodeEnough(
  backend: BlsBackend,
  partials: readonly PartialSignature[],
  threshold: number,
): { readonly decoded: readonly DecodedPartial[]; readonly culprits: readonly PartyIndex[] } {
  if (threshold < THRESHOLD_MIN || partials.length < threshold) throw tooFew(partials.length, threshold);
  const result = decodePartials(backend, partials);
  if (result.decoded.length < threshold) throw invalidPartials(result.culprits, partials.length, threshold);
  return result;
}

export function combineDecoded(backend: BlsBackend, decoded: readonly DecodedPartial[]): G2Point {
  return interpolateG2AtZero(
    backend,
    decoded.map(({ party }) => party),
    decoded.map(({ point }) => point),
  );
}

function tooFew(given: number, threshold: number): ThresholdError {
  return new ThresholdError(`${threshold} partial signatures are needed and ${given} were given.`, {
    code: 'sharing/wrong-share-count',
    fault: 'caller',
    hint: `Collect partial signatures of at least ${Math.max(threshold, THRESHOLD_MIN)} parties.`,
    details: { given, threshold },
  });
}

function invalidPartials(culprits: readonly PartyIndex[], given: number, threshold: number): ThresholdError {
  return new ThresholdError(
    `Partial signatures of ${culprits.length === 1 ? 'party' : 'parties'} ${culprits.join(', ')} are wrong.`,
    {
      code: 'bls/invalid-partials',
      fault: 'peer',
      culprits,
      hint: 'Ask other parties instead of the named ones.',
      details: { given, threshold },
    },
  );
}
