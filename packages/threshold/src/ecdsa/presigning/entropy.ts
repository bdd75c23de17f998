import { type PartyIndex, Transcript, utf8 } from '@keymesh/foundation';
import type { Curve } from '../../curves/index.ts';

/** What a signer commits to in round 1 and opens when the presignature is used. */
export function hashEntropy(
  curve: Curve,
  epochId: Uint8Array,
  executionId: Uint8Array,
  signer: PartyIndex,
  entropy: Uint8Array,
): Uint8Array {
  return new Transcript('ecdsa/v1/entropy')
    .append('curve', utf8(curve.name))
    .append('epoch', epochId)
    .append('execution', executionId)
    .appendU32('signer', signer)
    .append('entropy', entropy)
    .digest();
}
