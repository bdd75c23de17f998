import type { ActionSignature } from '@keymesh/actions';
import { fromHex, type PartyIndex, type RandomSource } from '@keymesh/foundation';
import { isSchemeOf, SCHEMES } from '@keymesh/protocol/schemes';
import { accountSignatureMessage, aggregate, type BlsBackend, verifyingSharesOf } from '@keymesh/threshold/bls';
import { deriveTweak } from '@keymesh/threshold/derivation';
import * as ecdsa from '@keymesh/threshold/ecdsa';
import * as frost from '@keymesh/threshold/frost';
import type { ServingEpoch } from '../requests/serving-epoch.ts';
import type { AuthorizedSigningRequest, PartialSignature } from '../signing/request.ts';

/** One node's share of a signature. */
export interface Share {
  readonly party: PartyIndex;
  readonly share: Uint8Array;
}

/**
 * The signature that shares make, verified.
 * @param own this node's part: what it was made with is what all shares are verified with.
 * @param shares of all nodes, this one's included.
 * @throws ThresholdError with fault `peer` and culprits when shares are wrong.
 */
export function combineParts(
  epoch: ServingEpoch,
  request: AuthorizedSigningRequest,
  { own, shares }: { readonly own: PartialSignature; readonly shares: readonly Share[] },
  modules: { readonly bls: BlsBackend; readonly random: RandomSource },
): ActionSignature {
  const { scheme, message, keyId, session } = request;
  if (isSchemeOf('ecdsa', scheme)) {
    const { root } = SCHEMES[scheme];
    const record = ecdsa.decodeRecord(epoch.root(root).curve, fromHex(own.ecdsa?.record ?? ''));
    const openings = (own.ecdsa?.openings ?? []).map(({ party, entropy }) => ({ party, entropy: fromHex(entropy) }));
    const tweak = deriveTweak(root, keyId);
    const context = ecdsa.createSigningContext(record, { id: session, digest: message, tweak }, openings);
    const { compact, recoveryId } = ecdsa.aggregate(context, shares);
    return { scheme, signature: compact, recoveryId };
  }
  if (isSchemeOf('frost', scheme)) {
    const { root } = SCHEMES[scheme];
    const { curve, commitments } = epoch.root(root);
    const key = frost.createGroupKey(curve, commitments, deriveTweak(root, keyId));
    const decoded = frost.decodeCommitments(
      curve,
      (own.frost?.commitments ?? []).map(({ party, hiding, binding }) => ({
        ...{ party, hiding: fromHex(hiding), binding: fromHex(binding) },
      })),
    );
    const suite = frost.frostSuites[scheme];
    const context = frost.createSigningContext({ suite, key, commitments: decoded, message });
    return { scheme, signature: frost.aggregate(context, shares) };
  }
  const root = epoch.root('bls12381-sessions');
  const { signature } = aggregate(modules.bls, {
    ...{ publicKey: root.encodedPublicKey, threshold: epoch.threshold, random: modules.random },
    message: accountSignatureMessage(request.tokenId, message),
    partials: shares.map(({ party, share }) => ({ party, value: share })),
    verifyingShares: verifyingSharesOf(
      modules.bls,
      root.commitments.map((commitment) => root.curve.encodePoint(commitment)),
    ),
  });
  return { scheme, signature };
}
