import type { FrostSuite } from './suite.ts';

/** `compute_challenge` of RFC 9591 §4.6, over encodings. `message` is what `suite.prepareMessage` gave. */
export function computeChallenge(
  suite: FrostSuite,
  encodedGroupCommitment: Uint8Array,
  encodedPublicKey: Uint8Array,
  message: Uint8Array,
): bigint {
  return suite.hashToChallenge(encodedGroupCommitment, encodedPublicKey, message);
}
