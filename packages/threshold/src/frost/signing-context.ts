import type { PartyIndex } from '@keymesh/foundation';
import type { Point } from '../curves/index.ts';
import { ThresholdError } from '../errors.ts';
import type { CommitmentList } from './commitment-list.ts';
import { computeBindingFactors } from './compute-binding-factors.ts';
import { computeChallenge } from './compute-challenge.ts';
import { computeGroupCommitment } from './compute-group-commitment.ts';
import type { GroupKey } from './group-key.ts';
import type { FrostSuite } from './suite.ts';

export interface SigningContextParameters {
  readonly suite: FrostSuite;
  readonly key: GroupKey;
  readonly commitments: CommitmentList;
  /** The application's message, any length. */
  readonly message: Uint8Array;
}

/**
 * Everything public that one signature depends on, computed once. Signers and the coordinator compute it from the same
 * inputs and get the same values.
 */
export interface SigningContext {
  readonly suite: FrostSuite;
  readonly key: GroupKey;
  readonly commitments: CommitmentList;
  /** In the order of `commitments.signers`. */
  readonly bindingFactors: readonly bigint[];
  readonly groupCommitment: Point;
  readonly encodedGroupCommitment: Uint8Array;
  readonly challenge: bigint;
  /** Verifiers read the group commitment as its negative, so every signer negates its nonces. */
  readonly negatesNonces: boolean;
  /** Verifiers read the public key as its negative, so every signer negates its share. */
  readonly negatesKey: boolean;
  /** Position of a signer in the commitments. @throws ThresholdError `frost/wrong-signers` for another party. */
  positionOf(party: PartyIndex): number;
}

/**
 * @throws ThresholdError `frost/too-few-signers`; `frost/invalid-commitment-list` if key and commitments are of
 * different curves, or if the commitments cancel out.
 */
export function createSigningContext(parameters: SigningContextParameters): SigningContext {
  const { suite, key, commitments } = parameters;
  const { curve } = key;
  if (commitments.curve !== curve || suite.curve !== curve.name) throw invalidList('belong to another curve');
  if (commitments.signers.length < key.threshold) {
    throw new ThresholdError('There are fewer signers than the threshold.', {
      code: 'frost/too-few-signers',
      fault: 'caller',
      hint: `Collect commitments of at least ${key.threshold} parties.`,
      details: { signers: commitments.signers.length, threshold: key.threshold },
    });
  }
  const message = suite.prepareMessage(parameters.message);
  const bindingFactors = computeBindingFactors(suite, key.encodedPublicKey, commitments, message);
  const groupCommitment = computeGroupCommitment(commitments, bindingFactors);
  // Cannot be arranged: the binding factors are hashes of all commitments.
  if (curve.isIdentity(groupCommitment)) throw invalidList('cancel out');
  const encodedGroupCommitment = curve.encodePoint(groupCommitment);
  return {
    suite,
    key,
    commitments,
    bindingFactors,
    groupCommitment,
    encodedGroupCommitment,
    challenge: computeChallenge(suite, encodedGroupCommitment, key.encodedPublicKey, message),
    negatesNonces: suite.readsAsNegative(encodedGroupCommitment),
    negatesKey: suite.readsAsNegative(key.encodedPublicKey),
    positionOf(party) {
      const position = commitments.signers.indexOf(party);
      if (position >= 0) return position;
      throw new ThresholdError(`Party ${party} is not one of the signers.`, {
        code: 'frost/wrong-signers',
        fault: 'caller',
        details: { party, signers: commitments.signers },
      });
    },
  };
}

function invalidList(reason: string): ThresholdError {
  return new ThresholdError(`The nonce commitments ${reason}.`, {
    code: 'frost/invalid-commitment-list',
    fault: 'caller',
    hint: 'Decode the commitments with the curve of the key, and start again from round 1.',
  });
}
