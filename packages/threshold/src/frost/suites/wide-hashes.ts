import { bytesToBigint, concatBytes, utf8 } from '@keymesh/foundation';
import type { FrostSuite } from '../suite.ts';

type Hash = (message: Uint8Array) => Uint8Array;

export interface WideHash {
  /** The suite's `contextString`. */
  readonly id: string;
  /** The group order. */
  readonly order: bigint;
  /** Gives at least 128 bits more than the order has. */
  readonly hash: Hash;
}

/** All of a hash's output, read little-endian and reduced. */
export function wideScalar({ order, hash }: Omit<WideHash, 'id'>, ...parts: Uint8Array[]): bigint {
  return bytesToBigint(hash(concatBytes(...parts)).reverse()) % order;
}

/**
 * H1, H3, H4 and H5 as RFC 9591 §6.1 to §6.3 define them for the curves whose scalars are little-endian: one wide hash
 * over id ‖ label ‖ input, reduced where a scalar is wanted.
 */
export function wideHashes(
  wide: WideHash,
): Pick<FrostSuite, 'hashToBindingFactor' | 'hashToNonce' | 'hashMessage' | 'hashCommitmentList'> {
  const tagged = (label: string) => utf8(wide.id + label);
  const [rho, nonce, message, commitments] = [tagged('rho'), tagged('nonce'), tagged('msg'), tagged('com')];
  return {
    hashToBindingFactor: (input) => wideScalar(wide, rho, input),
    hashToNonce: (input) => wideScalar(wide, nonce, input),
    hashMessage: (input) => wide.hash(concatBytes(message, input)),
    hashCommitmentList: (list) => wide.hash(concatBytes(commitments, list)),
  };
}
