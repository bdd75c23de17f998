import { fromHex } from '@keymesh/foundation';
import { SCHEMES, type SchemeNameOf } from '@keymesh/protocol/schemes';
import { deriveTweak } from '@keymesh/threshold/derivation';
import {
  aggregate,
  createSigningContext,
  decodeRecord,
  type SigningContext,
  verifyShare,
} from '@keymesh/threshold/ecdsa';
import type { Network } from '../network/network.ts';
import { isSameSet } from './is-same-set.ts';
import type { SharedPreparation } from './shared-preparation.ts';
import type { SignAnswer, Unsessioned } from './signing-request.ts';

/**
 * Threshold ECDSA (docs/spec/threshold-ecdsa.md §7): the preparation is the record of a presignature, and the entropy
 * that its signers opened for this request. A record that is none of this network's root key, or that its own openings
 * contradict, is a lie of whoever sends it: a signer checks both before it makes its share.
 */
export function ecdsaPreparation(
  { curves, roots }: Network,
  { scheme, key, message }: Unsessioned<SchemeNameOf<'ecdsa'>>,
): SharedPreparation<SigningContext> {
  const { root } = SCHEMES[scheme];
  const curve = curves[root];
  const [rootKey] = roots[root];
  const tweak = deriveTweak(root, key.keyId);
  return {
    textOf: ({ ecdsa }) => ecdsa && [ecdsa.record, ...ecdsa.openings.map(openingText).sort()].join(),
    open: ({ ecdsa }, session) => {
      const record = decodeRecord(curve, fromHex(ecdsa?.record ?? ''));
      if (!isSameSet(record.signers, session.signers)) return undefined;
      if (rootKey === undefined || !curve.equals(record.rootKey, rootKey)) return undefined;
      const openings = (ecdsa?.openings ?? []).map(({ party, entropy }) => ({ party, entropy: fromHex(entropy) }));
      return createSigningContext(record, { id: session.id, digest: message, tweak }, openings);
    },
    isShareValid: (context, { party, share }) => verifyShare(context, party, share),
    combine: (context, shares) => {
      const { compact, recoveryId } = aggregate(context, shares);
      return { signature: compact, recoveryId };
    },
  };
}

/** Openings may be listed in any order. */
function openingText({ party, entropy }: NonNullable<SignAnswer['ecdsa']>['openings'][number]): string {
  return `${party}:${entropy}`;
}
