import type { PartyIndex } from '@keymesh/foundation';
import type { Curves, Point } from '../curves/index.ts';
import {
  type PublicKeyPackage,
  ROOT_KEY_NAMES,
  ROOT_KEYS,
  type RootKeyName,
  type RootPublicKey,
} from '../root-keys.ts';
import { assertPartyIndex, evaluateCommitments } from '../sharing/index.ts';

/** The encoded public key of a root: the commitment to the constant term. */
export function rootPublicKey(publicKeyPackage: PublicKeyPackage, name: RootKeyName): Uint8Array {
  return rootOf(publicKeyPackage, name).commitments[0] as Uint8Array;
}

/**
 * The public key of one party's share: the committed polynomial at its index. Partial signatures and decryption
 * shares are verified against it. Decodes t points on each call; keep the result.
 *
 * @param party 1 … n, whether or not it took part in the key generation.
 * @throws ThresholdError `sharing/invalid-party`; `curve/invalid-point` for a package that was not decoded here.
 */
export function verifyingShareOf(
  curves: Curves,
  publicKeyPackage: PublicKeyPackage,
  name: RootKeyName,
  party: PartyIndex,
): Point {
  assertPartyIndex(party, publicKeyPackage.partyCount);
  const curve = curves[ROOT_KEYS[name].curve];
  const { commitments } = rootOf(publicKeyPackage, name);
  return evaluateCommitments(
    curve,
    commitments.map((commitment) => curve.decodePoint(commitment)),
    party,
  );
}

function rootOf(publicKeyPackage: PublicKeyPackage, name: RootKeyName): RootPublicKey {
  return publicKeyPackage.roots[ROOT_KEY_NAMES.indexOf(name)] as RootPublicKey;
}
