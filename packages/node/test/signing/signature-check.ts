import { fromHex, type PartyIndex } from '@keymesh/foundation';
import { SCHEMES } from '@keymesh/protocol/schemes';
import { ROOT_KEYS } from '@keymesh/threshold';
import { type DerivableCurveName, deriveTweak } from '@keymesh/threshold/derivation';
import * as ecdsa from '@keymesh/threshold/ecdsa';
import * as frost from '@keymesh/threshold/frost';
import { ed25519 } from '@noble/curves/ed25519.js';
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import type { ServingEpoch } from '../../src/requests/serving-epoch.ts';
import type { PartialSignature, PreparedRequest } from '../../src/signing/request.ts';

type Request = Pick<PreparedRequest, 'scheme' | 'keyId' | 'message' | 'session'>;

/**
 * Puts the shares of all signers together as a client does.
 * @returns whether an independent verifier takes the signature.
 * @throws what the threshold library throws for shares that do not fit.
 */
export function isSignature(
  epoch: ServingEpoch,
  request: Request,
  partials: ReadonlyMap<PartyIndex, PartialSignature>,
): boolean {
  const [first] = partials.values();
  if (first?.frost !== undefined) return isFrostSignature(epoch, request, partials, first.frost);
  if (first?.ecdsa !== undefined) return isEcdsaSignature(epoch, request, partials, first.ecdsa);
  throw new Error('neither of FROST nor of ECDSA');
}

function isFrostSignature(
  epoch: ServingEpoch,
  { scheme, keyId, message }: Request,
  partials: ReadonlyMap<PartyIndex, PartialSignature>,
  { commitments: encoded }: NonNullable<PartialSignature['frost']>,
): boolean {
  const { root } = SCHEMES[scheme];
  const { curve, commitments } = epoch.root(root);
  const suite = frost.frostSuites[scheme as keyof typeof frost.frostSuites];
  const context = frost.createSigningContext({
    suite,
    key: frost.createGroupKey(curve, commitments, deriveTweak(ROOT_KEYS[root].curve as DerivableCurveName, keyId)),
    commitments: frost.decodeCommitments(
      curve,
      encoded.map(({ party, hiding, binding }) => ({ party, hiding: fromHex(hiding), binding: fromHex(binding) })),
    ),
    message,
  });
  const shares = [...partials].map(([party, { share }]) => ({ party, share: fromHex(share) }));
  const signature = frost.aggregate(context, shares);
  const publicKey = fromHex([...partials.values()][0]?.publicKey ?? '');
  if (scheme === 'SchnorrEd25519Sha512') return ed25519.verify(signature, message, publicKey);
  if (scheme === 'SchnorrK256Taproot') return schnorr.verify(signature, message, publicKey);
  throw new Error(`no independent verifier of ${scheme} here`);
}

function isEcdsaSignature(
  epoch: ServingEpoch,
  { scheme, keyId, message, session }: Request,
  partials: ReadonlyMap<PartyIndex, PartialSignature>,
  { record: encoded, openings }: NonNullable<PartialSignature['ecdsa']>,
): boolean {
  const { root } = SCHEMES[scheme];
  const { curve } = epoch.root(root);
  const tweak = deriveTweak(ROOT_KEYS[root].curve as DerivableCurveName, keyId);
  const context = ecdsa.createSigningContext(
    ecdsa.decodeRecord(curve, fromHex(encoded)),
    { id: session, digest: message, tweak },
    openings.map(({ party, entropy }) => ({ party, entropy: fromHex(entropy) })),
  );
  const shares = [...partials].map(([party, { share }]) => ({ party, share: fromHex(share) }));
  const { compact } = ecdsa.aggregate(context, shares);
  const publicKey = fromHex([...partials.values()][0]?.publicKey ?? '');
  return secp256k1.verify(compact, message, publicKey, { prehash: false });
}
