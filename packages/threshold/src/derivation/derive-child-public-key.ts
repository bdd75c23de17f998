import type { Curve, Point } from '../curves/index.ts';
import { ThresholdError } from '../errors.ts';
import { type DerivableCurveName, deriveTweak } from './derive-tweak.ts';

/**
 * The child public key root + h·G of a key identifier. Needs no secret, so anyone can compute it, before the key is
 * first used as well.
 *
 * @param keyId 32 bytes.
 * @throws ThresholdError as `deriveTweak`; `frost/invalid-key` if the child is the identity, which nobody can arrange
 * without the root secret.
 */
export function deriveChildPublicKey(curve: Curve, root: Point, keyId: Uint8Array): Point {
  const tweak = deriveTweak(curve.name as DerivableCurveName, keyId);
  const child = curve.add(root, curve.multiplyBasePublic(tweak));
  if (curve.isIdentity(child)) {
    throw new ThresholdError('This key identifier has no key under this root.', {
      code: 'frost/invalid-key',
      fault: 'caller',
      hint: 'Use another key identifier.',
    });
  }
  return child;
}
