import { Decaf377Point } from '../../curves/decaf377.ts';
import type { FrostSuite } from '../suite.ts';
import { plainForm } from './plain-form.ts';
import { reddsaHashes } from './reddsa-hashes.ts';

const ID = 'FROST-Decaf377-BLAKE2b-512-v1';

/** FROST with decaf377-rdsa signatures of spend authorization (Penumbra protocol). R and z, 32 bytes each. */
export const frostRedDecaf377: FrostSuite<'decaf377'> = {
  id: ID,
  scheme: 'SchnorrRedDecaf377Blake2b512',
  curve: 'decaf377',
  signatureBytes: 64,
  ...plainForm,
  ...reddsaHashes({ id: ID, order: Decaf377Point.Fn.ORDER, personalization: 'decaf377-rdsa---' }),
};
