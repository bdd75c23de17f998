import { equalBytes, type PartyIndex, type RandomSource } from '@keymesh/foundation';
import { ThresholdError } from '../../errors.ts';
import type { BlsBackend, G1Point, G2Point } from '../backend.ts';
import { aggregateToPoint, combineDecoded, decodeEnough } from '../combine.ts';
import type { PartialSignature, VerifyingShares } from '../partial-signature.ts';
import { decodeCiphertext, type IdentityCiphertext, malformed, unpadPlaintext } from './ciphertext.ts';
import { encryptionScalar, maskAlpha, maskPadded } from './derivations.ts';

export interface DecryptParameters {
  /** The key's signature on the identity: 96 bytes. SECRET, as it opens every ciphertext for that identity. */
  readonly signature: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly random: RandomSource;
}

/**
 * Decrypts with the key's signature on the identity (lit-sdk-wire.md A.7). The plaintext is returned only if
 * encrypting it again gives the same U, so a changed ciphertext, a wrong signature, key or identity all fail, and
 * with one error that does not tell them apart.
 *
 * @throws ThresholdError `bls/malformed-ciphertext`, `bls/decryption-failed`; `curve/invalid-point` if the signature
 * is not a point.
 */
export function decrypt(backend: BlsBackend, { signature, ciphertext, random }: DecryptParameters): Uint8Array {
  const parts = openParts(backend, ciphertext);
  const plaintext = open(backend, backend.decodeG2(signature), parts, random);
  if (plaintext === undefined) throw decryptionFailed();
  return plaintext;
}

export interface DecryptWithPartialsParameters {
  readonly ciphertext: Uint8Array;
  readonly identity: Uint8Array;
  /** The root public key: 48 bytes. */
  readonly publicKey: Uint8Array;
  /** t: partial signatures that determine the signature. */
  readonly threshold: number;
  /** Partial signatures on the identity by at least `threshold` different parties. SECRET together. */
  readonly partials: readonly PartialSignature[];
  /** Asked only if something is wrong. */
  readonly verifyingShares: VerifyingShares;
  readonly random: RandomSource;
}

export interface DecryptWithPartialsResult {
  readonly plaintext: Uint8Array;
  /** Parties that were found to have sent something wrong, ascending; those that were not needed are not looked at. */
  readonly culprits: readonly PartyIndex[];
}

/**
 * Combines partial signatures and decrypts. First without verifying the signature: with a wrong one the check of U
 * inside decryption fails except with negligible probability, so a plaintext proves that the signature was right.
 * Only when that fails are the signature and, if need be, the partial signatures verified, to say who is at fault.
 *
 * @throws ThresholdError `bls/malformed-ciphertext`; `bls/decryption-failed` if the signature is right and the
 * ciphertext is not; and what `aggregate` throws, with culprits.
 */
export function decryptWithPartials(
  backend: BlsBackend,
  parameters: DecryptWithPartialsParameters,
): DecryptWithPartialsResult {
  const { ciphertext, identity, threshold, partials, random } = parameters;
  const parts = openParts(backend, ciphertext);
  const { decoded, culprits: undecodable } = decodeEnough(backend, partials, threshold);

  const optimistic = open(backend, combineDecoded(backend, decoded.slice(0, threshold)), parts, random);
  if (optimistic !== undefined) return { plaintext: optimistic, culprits: undecodable };

  const { point, culprits } = aggregateToPoint(backend, { ...parameters, message: identity });
  const plaintext = open(backend, point, parts, random);
  if (plaintext === undefined) throw decryptionFailed();
  return { plaintext, culprits };
}

type DecodedCiphertext = Omit<IdentityCiphertext, 'u'> & { readonly u: G1Point; readonly uBytes: Uint8Array };

function openParts(backend: BlsBackend, ciphertext: Uint8Array): DecodedCiphertext {
  const { u: uBytes, v, w } = decodeCiphertext(ciphertext);
  try {
    return { u: backend.decodeG1(uBytes), uBytes, v, w };
  } catch (thrown) {
    if (thrown instanceof ThresholdError && thrown.code === 'curve/invalid-point') {
      throw malformed('its first part is not a point');
    }
    throw thrown;
  }
}

/** The plaintext, or `undefined` if anything does not fit. */
function open(
  backend: BlsBackend,
  signature: G2Point,
  { u, uBytes, v, w }: DecodedCiphertext,
  random: RandomSource,
): Uint8Array | undefined {
  const pairing = tryPairing(backend, u, signature);
  if (pairing === undefined) return undefined;
  const alpha = maskAlpha(v, pairing);
  const padded = maskPadded(w, alpha);
  const plaintext = unpadPlaintext(padded);
  padded.fill(0);
  if (plaintext === undefined) {
    alpha.fill(0);
    return undefined;
  }
  const scalar = encryptionScalar(alpha, plaintext);
  alpha.fill(0);
  const expected = backend.encodeG1(backend.multiplyG1Base(scalar, random));
  scalar.fill(0);
  return equalBytes(expected, uBytes) ? plaintext : undefined;
}

/** `undefined` for the identity, which dishonest parties can make their partial signatures add up to. */
function tryPairing(backend: BlsBackend, u: G1Point, signature: G2Point): Uint8Array | undefined {
  try {
    return backend.pairing(u, signature);
  } catch (thrown) {
    if (thrown instanceof ThresholdError && thrown.code === 'curve/invalid-point') return undefined;
    throw thrown;
  }
}

function decryptionFailed(): ThresholdError {
  return new ThresholdError('The ciphertext does not open with this signature.', {
    code: 'bls/decryption-failed',
    fault: 'caller',
    hint: 'The ciphertext was changed, or it was made for another identity or another network key.',
  });
}
