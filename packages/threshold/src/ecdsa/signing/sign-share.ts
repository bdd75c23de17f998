import { invert, modulo } from '../../curves/index.ts';
import type { Presignature } from '../presigning/presignature.ts';
import type { SigningContext } from './signing-context.ts';

/**
 * The online step of one signer: s_i = ρ⁻¹ · ((m + r·tweak) · share of 1/k + r · share of x/k), so that Σ s_i is the s
 * of an ECDSA signature with nonce ρ·k under the child key. The presignature is spent, whatever happens.
 *
 * @returns the encoded share: a summand, no Lagrange coefficient is needed.
 * @throws ThresholdError `ecdsa/presignature-used` unless it is unused and bound to the context's request.
 */
export function signShare(context: SigningContext, presignature: Presignature): Uint8Array {
  const { record, message, r, tweak, randomiser, requestDigest } = context;
  const { curve } = record;
  return presignature.spend(requestDigest, ({ inverse, product }) =>
    curve.encodeScalar(modulo(curve, invert(curve, randomiser) * ((message + r * tweak) * inverse + r * product))),
  );
}
