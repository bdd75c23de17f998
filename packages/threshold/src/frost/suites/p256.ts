import { concatBytes } from '@keymesh/foundation';
import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { FrostSuite } from '../suite.ts';
import { type FieldHash, fieldHashes, fieldScalarHash } from './field-hashes.ts';
import { plainForm } from './plain-form.ts';

const ID = 'FROST-P256-SHA256-v1';
/** L is (256 + 128) / 8 bytes. */
const FIELD: FieldHash = { order: p256.Point.Fn.ORDER, hash: 'SHA-256', expandedBytes: 48, digest: sha256 };
const hashToChallenge = fieldScalarHash(FIELD, ID, 'chal');

/** FROST(P-256, SHA-256), RFC 9591 §6.4. The signature is the 33-byte R and the 32-byte z. */
export const frostP256: FrostSuite<'p256'> = {
  id: ID,
  scheme: 'SchnorrP256Sha256',
  curve: 'p256',
  signatureBytes: 65,
  ...plainForm,
  ...fieldHashes(FIELD, ID),
  hashToChallenge: (groupCommitment, publicKey, message) =>
    hashToChallenge(concatBytes(groupCommitment, publicKey, message)),
};
