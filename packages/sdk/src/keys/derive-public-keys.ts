import { isSchemeOf, SCHEME_NAMES, SCHEMES, type SchemeName } from '@keymesh/protocol/schemes';
import { deriveChildPublicKey } from '@keymesh/threshold/derivation';
import { frostSuites } from '@keymesh/threshold/frost';
import type { NetworkOnChain } from '../network/network.ts';
import type { Key } from './key.ts';

/** A network whose root keys are known, over nodes or over the chain alone. */
type Roots = Pick<NetworkOnChain, 'curves' | 'rootKeys'>;

/** Public keys by scheme, each in the encoding that `SCHEMES` names. */
export type PublicKeys = Readonly<Record<SchemeName, Uint8Array>>;

/**
 * The public key under which a key's signatures of a scheme verify, in the scheme's encoding. Computed from the root
 * key on chain; no node is asked. That of `SchnorrK256Taproot` is the x-only key itself, without a BIP-341 tweak.
 *
 * @throws SdkError `sdk/chain-inconsistent` if the root key on chain is no point.
 */
export function publicKeyFor(network: Roots, key: Pick<Key, 'keyId'>, scheme: SchemeName): Uint8Array {
  return encodeFor(scheme, signingKeyOf(network, key.keyId, scheme));
}

/**
 * The public keys of a key for all schemes, computed as `publicKeyFor` does, each curve's child key once.
 * @throws SdkError `sdk/chain-inconsistent` if a root key on chain is no point.
 */
export function publicKeysOf(network: Roots, key: Pick<Key, 'keyId'>): PublicKeys {
  const signingKeys = new Map<string, Uint8Array>();
  const entries = SCHEME_NAMES.map((scheme) => {
    const { root } = SCHEMES[scheme];
    const signingKey = signingKeys.get(root) ?? signingKeyOf(network, key.keyId, scheme);
    signingKeys.set(root, signingKey);
    return [scheme, encodeFor(scheme, signingKey)] as const;
  });
  return Object.fromEntries(entries) as PublicKeys;
}

/** The encoded point that a scheme signs with: the token's child key, or the root key where there are no children. */
function signingKeyOf({ curves, rootKeys }: Roots, keyId: Uint8Array, scheme: SchemeName): Uint8Array {
  if (isSchemeOf('bls', scheme)) return rootKeys.encoded(SCHEMES[scheme].root);
  const { root } = SCHEMES[scheme];
  const curve = curves[root];
  return curve.encodePoint(deriveChildPublicKey(curve, rootKeys.point(root), keyId));
}

function encodeFor(scheme: SchemeName, encodedPoint: Uint8Array): Uint8Array {
  // A copy, because suites may give back what they get, and several schemes share one point.
  const copy = encodedPoint.slice();
  return isSchemeOf('frost', scheme) ? frostSuites[scheme].encodePublicKey(copy) : copy;
}
