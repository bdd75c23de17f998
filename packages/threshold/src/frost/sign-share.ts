import { equalBytes, type SecretBytes } from '@keymesh/foundation';
import { modulo } from '../curves/index.ts';
import { ThresholdError } from '../errors.ts';
import { lagrangeCoefficient } from '../sharing/index.ts';
import type { SigningContext } from './signing-context.ts';
import type { SigningNonces } from './signing-nonces.ts';

/**
 * Round 2 of FROST: `sign` of RFC 9591 §5.2. The nonces are spent, whatever happens.
 *
 * @param share the party's share of the ROOT key, encoded; the context's tweak is added here.
 * @returns the encoded signature share z.
 * @throws ThresholdError `frost/nonce-reused`; `frost/wrong-signers` if the party is not among the signers;
 * `frost/own-commitment-missing` if the list has other commitments for it; `curve/invalid-scalar`.
 */
export function signShare(context: SigningContext, nonces: SigningNonces, share: SecretBytes): Uint8Array {
  const { curve } = context.key;
  const { party } = nonces.commitment;
  return nonces.spend((pair) => {
    const position = context.positionOf(party);
    assertOwnCommitment(context, nonces, position);
    const hiding = pair.hiding.expose((bytes) => curve.decodeScalar(bytes));
    const binding = pair.binding.expose((bytes) => curve.decodeScalar(bytes));
    const tweaked = share.expose((bytes) => curve.decodeScalar(bytes)) + context.key.tweak;

    const weight = lagrangeCoefficient(curve, context.commitments.signers, party) * context.challenge;
    const nonce = hiding + binding * (context.bindingFactors[position] as bigint);
    const fromNonce = context.negatesNonces ? -nonce : nonce;
    const fromKey = context.negatesKey ? -weight * tweaked : weight * tweaked;
    return curve.encodeScalar(modulo(curve, fromNonce + fromKey));
  });
}

/** A coordinator that swaps a signer's commitment would get a useless share; RFC 9591 §5.2 asks for the check. */
function assertOwnCommitment(context: SigningContext, nonces: SigningNonces, position: number): void {
  const listed = context.commitments.received[position];
  const own = nonces.commitment;
  if (listed !== undefined && equalBytes(listed.hiding, own.hiding) && equalBytes(listed.binding, own.binding)) return;
  throw new ThresholdError('The list of commitments does not hold the commitment of these nonces.', {
    code: 'frost/own-commitment-missing',
    fault: 'caller',
    hint: 'Send every signer the commitments exactly as the signers made them.',
    details: { party: own.party },
  });
}
