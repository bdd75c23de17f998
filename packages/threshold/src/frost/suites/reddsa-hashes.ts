import { concatBytes, utf8 } from '@keymesh/foundation';
import { blake2b } from '@noble/hashes/blake2.js';
import type { FrostSuite } from '../suite.ts';
import { wideScalar } from './wide-hashes.ts';

/** BLAKE2b's longest output. Bytes. */
const HASH_BYTES = 64;

export interface ReddsaHash {
  /** The suite's `contextString`. */
  readonly id: string;
  /** The group order. */
  readonly order: bigint;
  /** BLAKE2b's personalization, 16 ASCII characters: the one of the signature scheme. */
  readonly personalization: string;
}

const MESSAGE = utf8('msg');
const COMMITMENTS = utf8('com');

/**
 * H1 to H5 of the RedDSA suites: personalized BLAKE2b-512, read little-endian and reduced. H2 has no prefix, so that
 * the challenge is that of RedDSA (Zcash protocol specification §5.4.7).
 *
 * H4 and H5 leave the context string out. RFC 9591 §6.6 would have it in; the reference network does not, and its
 * clients recompute these hashes. Other suites stay apart by the personalization; within the suite, "msg" and "com" keep
 * H4 and H5 apart, and their outputs are only ever part of what H1 hashes.
 */
export function reddsaHashes({
  id,
  order,
  personalization,
}: ReddsaHash): Pick<
  FrostSuite,
  'hashToBindingFactor' | 'hashToChallenge' | 'hashToNonce' | 'hashMessage' | 'hashCommitmentList'
> {
  const options = { dkLen: HASH_BYTES, personalization: utf8(personalization) };
  const hash = (message: Uint8Array) => blake2b(message, options);
  const wide = { order, hash };
  const [rho, nonce] = [utf8(`${id}rho`), utf8(`${id}nonce`)];
  return {
    hashToBindingFactor: (input) => wideScalar(wide, rho, input),
    hashToChallenge: (groupCommitment, publicKey, message) => wideScalar(wide, groupCommitment, publicKey, message),
    hashToNonce: (input) => wideScalar(wide, nonce, input),
    hashMessage: (message) => hash(concatBytes(MESSAGE, message)),
    hashCommitmentList: (list) => hash(concatBytes(COMMITMENTS, list)),
  };
}
