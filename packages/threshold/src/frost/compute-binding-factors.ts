import { concatBytes } from '@keymesh/foundation';
import type { CommitmentList } from './commitment-list.ts';
import type { FrostSuite } from './suite.ts';

/**
 * `compute_binding_factors` of RFC 9591 §4.4, in the order of the list's signers. They bind every signer's nonce to
 * the key, the message and all commitments, which is what defeats attacks that combine concurrent sessions.
 */
export function computeBindingFactors(
  suite: FrostSuite,
  encodedPublicKey: Uint8Array,
  commitments: CommitmentList,
  message: Uint8Array,
): readonly bigint[] {
  const prefix = concatBytes(
    encodedPublicKey,
    suite.hashMessage(message),
    suite.hashCommitmentList(commitments.encoded),
  );
  return commitments.signers.map((party) =>
    suite.hashToBindingFactor(concatBytes(prefix, commitments.curve.encodeScalar(BigInt(party)))),
  );
}
