import { type PartyIndex, Transcript, utf8 } from '@keymesh/foundation';
import { type Curve, modulo, type Point } from '../curves/index.ts';
import { assertDistinctParties, evaluateCommitments, lagrangeCoefficients } from '../sharing/index.ts';
import { invalidParameters } from './errors.ts';
import { parametersOf } from './parameters.ts';

/** The exact signers of presignatures under one root key, with what is computed once for all of them. Public. */
export interface SignerSet {
  readonly curve: Curve;
  readonly signers: readonly PartyIndex[];
  readonly rootKey: Point;
  readonly encodedRootKey: Uint8Array;
  /** 32 bytes over the curve, the commitments and the signers. */
  readonly digest: Uint8Array;
  /** What turns a signer's share into its summand of the root secret. */
  weightOf(party: PartyIndex): bigint;
  /** weight · share · generator: what each signer multiplies into a presignature. */
  keyShareOf(party: PartyIndex): Point;
}

/**
 * @param commitments decoded Feldman commitments to the root key's polynomial, constant term first; their number is the
 * threshold.
 * @param signers exactly as many as the threshold, ascending.
 * @throws ThresholdError `ecdsa/invalid-parameters`, `sharing/invalid-party`.
 */
export function createSignerSet(
  curve: Curve,
  commitments: readonly Point[],
  signers: readonly PartyIndex[],
): SignerSet {
  parametersOf(curve);
  assertDistinctParties(signers);
  if (signers.some((party, i) => i > 0 && party < (signers[i - 1] as number))) {
    throw invalidParameters('the signers are not ascending');
  }
  if (signers.length !== commitments.length || signers.length < 2) {
    throw invalidParameters('there are not exactly as many signers as the threshold');
  }
  const rootKey = commitments[0] as Point;
  const weights = lagrangeCoefficients(curve, signers);
  const keyShares = signers.map((party, i) =>
    curve.multiplyPublic(evaluateCommitments(curve, commitments, party), weights[i] as bigint),
  );
  const transcript = new Transcript('ecdsa/v1/signer-set').append('curve', utf8(curve.name));
  for (const commitment of commitments) transcript.append('commitment', curve.encodePoint(commitment));
  for (const party of signers) transcript.appendU32('signer', party);
  const position = (party: PartyIndex): number => {
    const at = signers.indexOf(party);
    if (at < 0) throw invalidParameters(`party ${party} is not one of the signers`);
    return at;
  };
  return {
    curve,
    signers: [...signers],
    rootKey,
    encodedRootKey: curve.encodePoint(rootKey),
    digest: transcript.digest(),
    weightOf: (party) => modulo(curve, weights[position(party)] as bigint),
    keyShareOf: (party) => keyShares[position(party)] as Point,
  };
}
