import { type RandomSource, toHex } from '@keymesh/foundation';
import { SCHEMES } from '@keymesh/protocol/schemes';
import { ROOT_KEYS } from '@keymesh/threshold';
import { accountSignatureMessage, type BlsBackend, partialSign } from '@keymesh/threshold/bls';
import { type DerivableCurveName, deriveTweak } from '@keymesh/threshold/derivation';
import * as ecdsa from '@keymesh/threshold/ecdsa';
import * as frost from '@keymesh/threshold/frost';
import type { ServingEpoch } from '../requests/serving-epoch.ts';
import type { EcdsaPreparation, FrostPreparation, PreparedScheme } from '../stock/preparation.ts';
import type { AuthorizedSigningRequest, PartialSignature, PreparedRequest } from './request.ts';

/** A BLS share of the network's account signature: any t nodes, nothing prepared. */
export function signBls(
  epoch: ServingEpoch,
  request: AuthorizedSigningRequest,
  { bls, random }: { readonly bls: BlsBackend; readonly random: RandomSource },
): PartialSignature {
  const root = epoch.root('bls12381-sessions');
  const message = accountSignatureMessage(request.tokenId, request.message);
  const { value } = partialSign(bls, epoch.self, root.share, message, random);
  return { share: toHex(value), publicKey: toHex(root.encodedPublicKey) };
}

/**
 * A FROST share. The nonces are spent.
 * @throws ThresholdError `frost/…`, `curve/…`.
 */
export function signFrost(
  epoch: ServingEpoch,
  request: PreparedRequest,
  { id, scheme, nonces, commitments }: FrostPreparation,
): PartialSignature {
  const suite = frost.frostSuites[scheme];
  const { curve, commitments: root, share } = epoch.root(SCHEMES[scheme].root);
  const key = frost.createGroupKey(curve, root, tweakOf(request));
  const context = frost.createSigningContext({
    suite,
    key,
    commitments: frost.decodeCommitments(curve, commitments),
    message: request.message,
  });
  return {
    share: toHex(frost.signShare(context, nonces, share)),
    publicKey: toHex(suite.encodePublicKey(key.encodedPublicKey)),
    frost: {
      id,
      commitments: commitments.map(({ party, hiding, binding }) => ({
        party,
        hiding: toHex(hiding),
        binding: toHex(binding),
      })),
    },
  };
}

/**
 * Binds this node's half of a presignature to a request, for good.
 * @returns this node's entropy, for the other signers.
 * @throws ThresholdError `ecdsa/invalid-request`; `ecdsa/presignature-used`.
 */
export function bindEcdsa(request: PreparedRequest, { presignature }: EcdsaPreparation): Uint8Array {
  return presignature.bind(ecdsa.digestRequest(presignature.record, ecdsaRequest(request)));
}

/**
 * An ECDSA share. The presignature is spent.
 * @param openings of all signers.
 * @throws ThresholdError `ecdsa/invalid-opening` naming the culprits; `ecdsa/presignature-used`.
 */
export function signEcdsa(
  request: PreparedRequest,
  { presignature }: EcdsaPreparation,
  openings: readonly ecdsa.EntropyOpening[],
): PartialSignature {
  const { record } = presignature;
  const context = ecdsa.createSigningContext(record, ecdsaRequest(request), openings);
  return {
    share: toHex(ecdsa.signShare(context, presignature)),
    publicKey: toHex(context.encodedPublicKey),
    ecdsa: {
      record: toHex(ecdsa.encodeRecord(record)),
      openings: openings.map(({ party, entropy }) => ({ party, entropy: toHex(entropy) })),
    },
  };
}

function ecdsaRequest(request: PreparedRequest): ecdsa.SigningRequest {
  return { id: request.session, digest: request.message, tweak: tweakOf(request) };
}

function tweakOf({ scheme, keyId }: { readonly scheme: PreparedScheme; readonly keyId: Uint8Array }): bigint {
  // Every scheme with a preparation signs by a child key, and its curve is derivable.
  return deriveTweak(ROOT_KEYS[SCHEMES[scheme].root].curve as DerivableCurveName, keyId);
}
