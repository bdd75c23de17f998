import type { PartyIndex } from '@keymesh/foundation';
import { modulo } from '../curves/index.ts';
import { lagrangeCoefficient } from '../sharing/index.ts';
import type { DecodedCommitment } from './commitment-list.ts';
import type { SigningContext } from './signing-context.ts';

/**
 * `verify_signature_share` of RFC 9591 §5.4: whether `share` is what this party had to send. Malformed bytes are
 * simply not valid.
 * @throws ThresholdError `frost/wrong-signers` if the party is not among the signers.
 */
export function verifyShare(context: SigningContext, party: PartyIndex, share: Uint8Array): boolean {
  const { curve } = context.key;
  const position = context.positionOf(party);
  let response: bigint;
  try {
    response = curve.decodeScalar(share);
  } catch {
    return false;
  }
  // z·G = ±(D + ρ·E) ± λ·c·Y
  const { hiding, binding } = context.commitments.entries[position] as DecodedCommitment;
  const bindingFactor = context.bindingFactors[position] as bigint;
  const weight = lagrangeCoefficient(curve, context.commitments.signers, party) * context.challenge;
  const nonceSign = context.negatesNonces ? -1n : 1n;
  const expected = curve.sumOfProductsPublic(
    [hiding, binding, context.key.verifyingShare(party)],
    [nonceSign, nonceSign * bindingFactor, context.negatesKey ? -weight : weight].map((scalar) =>
      modulo(curve, scalar),
    ),
  );
  return curve.equals(curve.multiplyBasePublic(response), expected);
}
