import { concatBytes } from '@keymesh/foundation';
import { p384 } from '@noble/curves/nist.js';
import { sha384 } from '@noble/hashes/sha2.js';
import type { FrostSuite } from '../suite.ts';
import { type FieldHash, fieldHashes, fieldScalarHash } from './field-hashes.ts';
import { plainForm } from './plain-form.ts';

const ID = 'FROST-P384-SHA384-v1';
/** L is (384 + 192) / 8 bytes. */
const FIELD: FieldHash = { order: p384.Point.Fn.ORDER, hash: 'SHA-384', expandedBytes: 72, digest: sha384 };
const hashToChallenge = fieldScalarHash(FIELD, ID, 'chal');

/**
 * FROST over P-384 as the reference network has it: the RFC has no such suite, and this follows §6.4 with SHA-384. The
 * signature is the 49-byte R and the 48-byte z.
 */
export const frostP384: FrostSuite<'p384'> = {
  id: ID,
  scheme: 'SchnorrP384Sha384',
  curve: 'p384',
  signatureBytes: 97,
  ...plainForm,
  ...fieldHashes(FIELD, ID),
  hashToChallenge: (groupCommitment, publicKey, message) =>
    hashToChallenge(concatBytes(groupCommitment, publicKey, message)),
};
