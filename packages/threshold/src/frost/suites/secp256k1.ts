import { concatBytes } from '@keymesh/foundation';
import type { FrostSuite } from '../suite.ts';
import { scalarHash, secp256k1Hashes } from './secp256k1-hashes.ts';

const ID = 'FROST-secp256k1-SHA256-v1';
const hashToChallenge = scalarHash(ID, 'chal');

/** FROST(secp256k1, SHA-256), RFC 9591 §6.5. The signature is the 33-byte R and the 32-byte z. */
export const frostSecp256k1: FrostSuite = {
  id: ID,
  scheme: 'SchnorrK256Sha256',
  curve: 'secp256k1',
  signatureBytes: 65,
  ...secp256k1Hashes(ID),
  hashToChallenge: (groupCommitment, publicKey, message) =>
    hashToChallenge(concatBytes(groupCommitment, publicKey, message)),
  prepareMessage: (message) => message,
  readsAsNegative: () => false,
  encodeSignature: (groupCommitment, response) => concatBytes(groupCommitment, response),
  decodeCommitment: (signaturePart) => signaturePart,
  encodePublicKey: (encodedPoint) => encodedPoint,
};
