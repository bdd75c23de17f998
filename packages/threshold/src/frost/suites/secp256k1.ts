import { concatBytes } from '@keymesh/foundation';
import type { FrostSuite } from '../suite.ts';
import { fieldHashes, fieldScalarHash } from './field-hashes.ts';
import { plainForm } from './plain-form.ts';
import { SECP256K1_HASH } from './secp256k1-hash.ts';

const ID = 'FROST-secp256k1-SHA256-v1';
const hashToChallenge = fieldScalarHash(SECP256K1_HASH, ID, 'chal');

/** FROST(secp256k1, SHA-256), RFC 9591 §6.5. The signature is the 33-byte R and the 32-byte z. */
export const frostSecp256k1: FrostSuite<'secp256k1'> = {
  id: ID,
  scheme: 'SchnorrK256Sha256',
  curve: 'secp256k1',
  signatureBytes: 65,
  ...plainForm,
  ...fieldHashes(SECP256K1_HASH, ID),
  hashToChallenge: (groupCommitment, publicKey, message) =>
    hashToChallenge(concatBytes(groupCommitment, publicKey, message)),
};
