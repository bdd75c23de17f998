import { redJubjubPoint } from '../../curves/redjubjub.ts';
import type { FrostSuite } from '../suite.ts';
import { plainForm } from './plain-form.ts';
import { reddsaHashes } from './reddsa-hashes.ts';

const ID = 'FROST-RedJubjub-BLAKE2b-512-v1';

/**
 * FROST with RedJubjub signatures of Sapling's spend authorization (Zcash protocol specification §5.4.7.1), under the
 * key itself: a wallet that wants it re-randomised adds its own tweak. R and z, 32 bytes each.
 */
export const frostRedJubjub: FrostSuite<'redjubjub'> = {
  id: ID,
  scheme: 'SchnorrRedJubjubBlake2b512',
  curve: 'redjubjub',
  signatureBytes: 64,
  ...plainForm,
  ...reddsaHashes({ id: ID, order: redJubjubPoint.Fn.ORDER, personalization: 'Zcash_RedJubjubH' }),
};
