import { concatBytes, utf8 } from '@keymesh/foundation';
import { type HashToScalarParameters, hashToScalar } from '../../curves/index.ts';
import type { FrostSuite } from '../suite.ts';

export interface FieldHash extends Pick<HashToScalarParameters, 'order' | 'hash' | 'expandedBytes'> {
  /** The same hash function, for outputs that are not scalars. */
  readonly digest: (message: Uint8Array) => Uint8Array;
}

/** A function to scalars whose tag is the suite's id and `label`. */
export function fieldScalarHash(field: FieldHash, id: string, label: string): (input: Uint8Array) => bigint {
  const { order, hash, expandedBytes } = field;
  const parameters = { order, hash, expandedBytes, tag: utf8(id + label) };
  return (input) => hashToScalar(input, parameters);
}

/** H1, H3, H4 and H5 as RFC 9591 §6.4 and §6.5 define them for Weierstrass curves, under the given context string. */
export function fieldHashes(
  field: FieldHash,
  id: string,
): Pick<FrostSuite, 'hashToBindingFactor' | 'hashToNonce' | 'hashMessage' | 'hashCommitmentList'> {
  const messageTag = utf8(`${id}msg`);
  const commitmentsTag = utf8(`${id}com`);
  return {
    hashToBindingFactor: fieldScalarHash(field, id, 'rho'),
    hashToNonce: fieldScalarHash(field, id, 'nonce'),
    hashMessage: (message) => field.digest(concatBytes(messageTag, message)),
    hashCommitmentList: (list) => field.digest(concatBytes(commitmentsTag, list)),
  };
}
