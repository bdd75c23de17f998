import { bytesToBigint, concatBytes, utf8 } from '@keymesh/foundation';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { FrostSuite } from '../suite.ts';
import { fieldHashes } from './field-hashes.ts';
import { plainForm } from './plain-form.ts';
import { SECP256K1_HASH } from './secp256k1-hash.ts';

const ID = 'FROST-secp256k1-Taproot-v1';
/** First byte of a compressed point whose y is odd (SEC 1 §2.3.3). */
const ODD_Y = 3;
const EVEN_Y = 2;

/** A BIP-340 tagged hash starts with SHA-256 of its tag, twice. */
const CHALLENGE_TAG = sha256(utf8('BIP0340/challenge'));

const xOnly = (encodedPoint: Uint8Array): Uint8Array => encodedPoint.slice(1);

/**
 * FROST with BIP-340 signatures, as the reference network has it (docs/spec/network.md §8): the signed message is
 * SHA-256 of the application's message, and the key is not tweaked as in BIP-341 (a wallet that wants a key path adds
 * its own tweak). R and the key are x coordinates; the even y is meant.
 */
export const frostTaproot: FrostSuite<'secp256k1'> = {
  id: ID,
  scheme: 'SchnorrK256Taproot',
  curve: 'secp256k1',
  signatureBytes: 64,
  ...plainForm,
  ...fieldHashes(SECP256K1_HASH, ID),
  hashToChallenge: (groupCommitment, publicKey, message) =>
    bytesToBigint(
      sha256(concatBytes(CHALLENGE_TAG, CHALLENGE_TAG, xOnly(groupCommitment), xOnly(publicKey), message)),
    ) % secp256k1.Point.Fn.ORDER,
  prepareMessage: (message) => sha256(message),
  readsAsNegative: (encodedPoint) => encodedPoint[0] === ODD_Y,
  encodeSignature: (groupCommitment, response) => concatBytes(xOnly(groupCommitment), response),
  decodeCommitment: (signaturePart) => concatBytes(Uint8Array.of(EVEN_Y), signaturePart),
  encodePublicKey: xOnly,
};
