import { utf8 } from '@keymesh/foundation';
import { ristretto255 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import type { FrostSuite } from '../suite.ts';
import { plainForm } from './plain-form.ts';
import { wideHashes, wideScalar } from './wide-hashes.ts';

const WIDE = { id: 'FROST-RISTRETTO255-SHA512-v1', order: ristretto255.Point.Fn.ORDER, hash: sha512 };
const CHALLENGE = utf8(`${WIDE.id}chal`);

/** FROST(ristretto255, SHA-512), RFC 9591 §6.2. The signature is R and z, 32 bytes each. */
export const frostRistretto255: FrostSuite<'ristretto255'> = {
  id: WIDE.id,
  scheme: 'SchnorrRistretto25519Sha512',
  curve: 'ristretto255',
  signatureBytes: 64,
  ...plainForm,
  ...wideHashes(WIDE),
  hashToChallenge: (groupCommitment, publicKey, message) =>
    wideScalar(WIDE, CHALLENGE, groupCommitment, publicKey, message),
};
