import type { PartyIndex } from '@keymesh/foundation';
import { modulo } from '../../curves/index.ts';
import type { SigningContext } from './signing-context.ts';

/**
 * Whether `share` is what this signer had to send: s_i·u·ρR = (m + r·tweak)·(φ_i R) + r·(v_i R), with the commitments
 * that all signers agreed on when the presignature was made. Malformed bytes are simply not valid.
 * @throws ThresholdError `ecdsa/wrong-signers` if the party is not one of the signers.
 */
export function verifyShare(context: SigningContext, party: PartyIndex, share: Uint8Array): boolean {
  const { record, nonce, message, r, tweak } = context;
  const { curve, scale } = record;
  const { inverse, product } = context.signer(party);
  let summand: bigint;
  try {
    summand = curve.decodeScalar(share);
  } catch {
    return false;
  }
  const expected = curve.sumOfProductsPublic([inverse, product], [modulo(curve, message + r * tweak), r]);
  return curve.equals(curve.multiplyPublic(nonce, modulo(curve, summand * scale)), expected);
}
