import { concatBytes, utf8 } from '@keymesh/foundation';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { hashToScalar } from '../../curves/index.ts';
import type { FrostSuite } from '../suite.ts';

/** L of RFC 9591 §6.5: (256 + 128) / 8. Bytes. */
const EXPANDED_BYTES = 48;

/** A function to scalars whose tag is the suite's id and `label`. */
export function scalarHash(id: string, label: string): (input: Uint8Array) => bigint {
  const tag = utf8(id + label);
  return (input) =>
    hashToScalar(input, { order: secp256k1.Point.Fn.ORDER, hash: 'SHA-256', tag, expandedBytes: EXPANDED_BYTES });
}

/** H1, H3, H4 and H5 of the suites over secp256k1 with SHA-256 (RFC 9591 §6.5), under the given context string. */
export function secp256k1Hashes(
  id: string,
): Pick<FrostSuite, 'hashToBindingFactor' | 'hashToNonce' | 'hashMessage' | 'hashCommitmentList'> {
  const messageTag = utf8(`${id}msg`);
  const commitmentsTag = utf8(`${id}com`);
  return {
    hashToBindingFactor: scalarHash(id, 'rho'),
    hashToNonce: scalarHash(id, 'nonce'),
    hashMessage: (message) => sha256(concatBytes(messageTag, message)),
    hashCommitmentList: (list) => sha256(concatBytes(commitmentsTag, list)),
  };
}
