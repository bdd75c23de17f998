import type { PartyIndex } from '@keymesh/foundation';
import { type Curve, modulo, type Point } from '../curves/index.ts';
import { ThresholdError } from '../errors.ts';
import { evaluateCommitments } from '../sharing/index.ts';

/** A key that a group holds in shares: a root key, or a child of one under an additive tweak. */
export interface GroupKey {
  readonly curve: Curve;
  readonly publicKey: Point;
  readonly encodedPublicKey: Uint8Array;
  /** Signers that a signature needs. */
  readonly threshold: number;
  /** child secret = root secret + tweak; 0 for the root itself. Public. */
  readonly tweak: bigint;
  /** share · generator of one party, tweak included. Computed anew at each call. */
  verifyingShare(party: PartyIndex): Point;
}

/**
 * The group key that a key generation's commitments define.
 *
 * A tweak shifts the shared polynomial by a constant, and therefore every share by the same tweak: the Lagrange
 * coefficients sum to 1.
 *
 * @param commitments decoded commitments to the coefficients of the summed polynomial, constant term first.
 * @param tweak 0 ≤ tweak < order, e.g. of `deriveTweak`.
 * @throws ThresholdError `frost/invalid-key` if the tweaked key is the identity, or the tweak is out of range.
 */
export function createGroupKey(curve: Curve, commitments: readonly Point[], tweak = 0n): GroupKey {
  const [root] = commitments;
  if (root === undefined || tweak !== modulo(curve, tweak)) throw invalidKey();
  const shift = curve.multiplyBasePublic(tweak);
  const publicKey = curve.add(root, shift);
  if (curve.isIdentity(publicKey)) throw invalidKey();
  return {
    curve,
    publicKey,
    encodedPublicKey: curve.encodePoint(publicKey),
    threshold: commitments.length,
    tweak,
    verifyingShare: (party) => curve.add(evaluateCommitments(curve, commitments, party), shift),
  };
}

function invalidKey(): ThresholdError {
  return new ThresholdError('The group key cannot be used: it has no commitments, or tweak and root cancel out.', {
    code: 'frost/invalid-key',
    fault: 'caller',
    hint: 'Pass the commitments of a public key package and a tweak below the group order.',
  });
}
