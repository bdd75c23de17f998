import { fromHex } from '@keymesh/foundation';
import { SCHEMES, type SchemeNameOf } from '@keymesh/protocol/schemes';
import { deriveTweak } from '@keymesh/threshold/derivation';
import {
  aggregate,
  createGroupKey,
  createSigningContext,
  decodeCommitments,
  frostSuites,
  type SigningContext,
  verifyShare,
} from '@keymesh/threshold/frost';
import type { Network } from '../network/network.ts';
import { isSameSet } from './is-same-set.ts';
import type { SharedPreparation } from './shared-preparation.ts';
import type { SignAnswer, Unsessioned } from './signing-request.ts';

/**
 * FROST (RFC 9591): the preparation is the nonce commitments of all signers. Each signer says which it used; if all say
 * the same, a share that does not verify under them is its sender's lie.
 */
export function frostPreparation(
  { curves, roots }: Network,
  { scheme, key, message }: Unsessioned<SchemeNameOf<'frost'>>,
): SharedPreparation<SigningContext> {
  const { root } = SCHEMES[scheme];
  const suite = frostSuites[scheme];
  const groupKey = createGroupKey(curves[root], roots[root], deriveTweak(root, key.keyId));
  return {
    textOf: ({ frost }) =>
      frost &&
      [frost.id, ...frost.commitments.flatMap(({ party, hiding, binding }) => [party, hiding, binding])].join(),
    open: ({ frost }, { signers }) => {
      const commitments = frost?.commitments ?? [];
      if (!isSameSet(commitments, signers)) return undefined;
      const decoded = decodeCommitments(groupKey.curve, commitments.map(decodeHex));
      return createSigningContext({ suite, key: groupKey, commitments: decoded, message });
    },
    isShareValid: (context, { party, share }) => verifyShare(context, party, share),
    combine: (context, shares) => ({ signature: aggregate(context, shares) }),
  };
}

function decodeHex({ party, hiding, binding }: NonNullable<SignAnswer['frost']>['commitments'][number]) {
  return { party, hiding: fromHex(hiding), binding: fromHex(binding) };
}
