import type { PartyIndex } from '@keymesh/foundation';
import type { Point } from '../curves/index.ts';
import { verifyPolynomialShare, verifyPolynomialShares } from '../sharing/index.ts';
import type { Commitments } from './dealing.ts';
import type { Contribution } from './result.ts';
import { rootsOf } from './roots.ts';
import type { KeyGenerationParameters } from './types.ts';

/** What a dealer published and what this party decrypted; no shares when they were not reduced scalars. */
export interface DecryptedDealing {
  readonly commitments: Commitments;
  /** SECRET. */
  readonly shares: readonly bigint[] | undefined;
}

/**
 * Sorts dealers by whether all shares that they sent to this party are on their polynomials.
 *
 * All dealers are first checked at once with random weights. A plain sum would be wrong: two dealers could send errors
 * that cancel, and when one of the two is convicted for something else, the other's error would stay.
 */
export function checkDealtShares(
  parameters: KeyGenerationParameters,
  dealings: ReadonlyMap<PartyIndex, DecryptedDealing>,
): { readonly accepted: ReadonlyMap<PartyIndex, Contribution>; readonly wrong: readonly PartyIndex[] } {
  const { curves, self, random } = parameters;
  const candidates = new Map<PartyIndex, Contribution>();
  const wrong = new Set<PartyIndex>();
  for (const [dealer, { commitments, shares }] of dealings) {
    if (shares === undefined) wrong.add(dealer);
    else candidates.set(dealer, { commitments, shares });
  }
  for (const [i, { curve }] of rootsOf(curves).entries()) {
    const dealt = [...candidates].map(([dealer, { commitments, shares }]) => ({
      dealer,
      commitments: commitments[i] as readonly Point[],
      share: shares[i] as bigint,
    }));
    if (verifyPolynomialShares(curve, self, dealt, random)) continue;
    for (const { dealer, commitments, share } of dealt) {
      if (!verifyPolynomialShare(curve, commitments, self, share)) wrong.add(dealer);
    }
  }
  for (const dealer of wrong) candidates.delete(dealer);
  return { accepted: candidates, wrong: [...wrong].sort((a, b) => a - b) };
}
