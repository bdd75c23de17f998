import { type PartyIndex, type RandomSource, SecretBytes } from '@keymesh/foundation';
import { ROOT_KEY_NAMES, ROOT_KEYS, type RootKeyName } from '@keymesh/threshold';
import { type Curve, nobleCurves } from '@keymesh/threshold/curves';
import { commitToPolynomial, evaluatePolynomial, randomPolynomial } from '@keymesh/threshold/sharing';
import { createServingEpoch, type EpochShares, type ServingEpoch } from '../../src/requests/serving-epoch.ts';
import { seededRandom } from '../mesh/virtual-clock.ts';

export const curves = nobleCurves;
export const EPOCH = 1;

/** An epoch whose keys one dealer made: only tests deal this way. */
export interface DealtEpoch {
  sharesOf(party: PartyIndex, epoch?: number): EpochShares;
  servingOf(party: PartyIndex): ServingEpoch;
  rootPublicKey(name: RootKeyName): Uint8Array;
}

export function dealEpoch(parties: number, threshold: number, random: RandomSource = seededRandom(7)): DealtEpoch {
  const roots = ROOT_KEY_NAMES.map((name) => {
    const curve: Curve = curves[ROOT_KEYS[name].curve];
    const polynomial = randomPolynomial(curve, threshold, random);
    const commitments = commitToPolynomial(curve, polynomial).map((point) => curve.encodePoint(point));
    return { name, curve, polynomial, commitments };
  });
  const publicKeyPackage = {
    partyCount: parties,
    threshold,
    roots: roots.map(({ name, commitments }) => ({ name, commitments })),
  };
  const sharesOf = (self: PartyIndex, epoch = EPOCH): EpochShares => ({
    epoch,
    self,
    publicKeyPackage,
    shares: roots.map(({ name, curve, polynomial }) => ({
      name,
      share: new SecretBytes(curve.encodeScalar(evaluatePolynomial(curve, polynomial, self))),
    })),
  });
  return {
    sharesOf,
    servingOf: (party) => createServingEpoch(sharesOf(party), curves),
    rootPublicKey: (name) => roots.find((root) => root.name === name)?.commitments[0] as Uint8Array,
  };
}
