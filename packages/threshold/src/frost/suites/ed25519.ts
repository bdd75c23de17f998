import { bytesToBigint, concatBytes, utf8 } from '@keymesh/foundation';
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import type { FrostSuite } from '../suite.ts';

const ID = 'FROST-ED25519-SHA512-v1';
const ORDER = ed25519.Point.Fn.ORDER;
const [RHO, NONCE, MESSAGE, COMMITMENTS] = ['rho', 'nonce', 'msg', 'com'].map((label) => utf8(ID + label)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

/** The 64 bytes of SHA-512 read little-endian and reduced, as RFC 8032 does. */
const toScalar = (...parts: Uint8Array[]): bigint => bytesToBigint(sha512(concatBytes(...parts)).reverse()) % ORDER;

/** FROST(Ed25519, SHA-512), RFC 9591 §6.1. Its signatures are plain Ed25519 signatures (RFC 8032). */
export const frostEd25519: FrostSuite = {
  id: ID,
  scheme: 'SchnorrEd25519Sha512',
  curve: 'ed25519',
  signatureBytes: 64,
  hashToBindingFactor: (input) => toScalar(RHO, input),
  // Without a prefix, so that the challenge is that of RFC 8032.
  hashToChallenge: (groupCommitment, publicKey, message) => toScalar(groupCommitment, publicKey, message),
  hashToNonce: (input) => toScalar(NONCE, input),
  hashMessage: (message) => sha512(concatBytes(MESSAGE, message)),
  hashCommitmentList: (list) => sha512(concatBytes(COMMITMENTS, list)),
  prepareMessage: (message) => message,
  readsAsNegative: () => false,
  encodeSignature: (groupCommitment, response) => concatBytes(groupCommitment, response),
  decodeCommitment: (signaturePart) => signaturePart,
  encodePublicKey: (encodedPoint) => encodedPoint,
};
