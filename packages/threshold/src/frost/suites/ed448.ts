import { concatBytes, utf8 } from '@keymesh/foundation';
import { ed448 } from '@noble/curves/ed448.js';
import { shake256 } from '@noble/hashes/sha3.js';
import type { FrostSuite } from '../suite.ts';
import { plainForm } from './plain-form.ts';
import { wideHashes, wideScalar } from './wide-hashes.ts';

/** Twice the length of a scalar, as RFC 8032 §5.2 has it. Bytes. */
const HASH_BYTES = 114;
const WIDE = {
  id: 'FROST-ED448-SHAKE256-v1',
  order: ed448.Point.Fn.ORDER,
  hash: (message: Uint8Array) => shake256(message, { dkLen: HASH_BYTES }),
};
/** dom4(0, "") of RFC 8032 §2: no prehash, empty context. */
const DOMAIN = concatBytes(utf8('SigEd448'), Uint8Array.of(0, 0));

/** FROST(Ed448, SHAKE256), RFC 9591 §6.3. Its signatures are plain Ed448 signatures (RFC 8032) with an empty context. */
export const frostEd448: FrostSuite<'ed448'> = {
  id: WIDE.id,
  scheme: 'SchnorrEd448Shake256',
  curve: 'ed448',
  signatureBytes: 114,
  ...plainForm,
  ...wideHashes(WIDE),
  hashToChallenge: (groupCommitment, publicKey, message) =>
    wideScalar(WIDE, DOMAIN, groupCommitment, publicKey, message),
};
