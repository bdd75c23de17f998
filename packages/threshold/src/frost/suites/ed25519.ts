import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import type { FrostSuite } from '../suite.ts';
import { plainForm } from './plain-form.ts';
import { wideHashes, wideScalar } from './wide-hashes.ts';

const WIDE = { id: 'FROST-ED25519-SHA512-v1', order: ed25519.Point.Fn.ORDER, hash: sha512 };

/** FROST(Ed25519, SHA-512), RFC 9591 §6.1. Its signatures are plain Ed25519 signatures (RFC 8032). */
export const frostEd25519: FrostSuite<'ed25519'> = {
  id: WIDE.id,
  scheme: 'SchnorrEd25519Sha512',
  curve: 'ed25519',
  signatureBytes: 64,
  ...plainForm,
  ...wideHashes(WIDE),
  // Without a prefix, so that the challenge is that of RFC 8032.
  hashToChallenge: (groupCommitment, publicKey, message) => wideScalar(WIDE, groupCommitment, publicKey, message),
};
