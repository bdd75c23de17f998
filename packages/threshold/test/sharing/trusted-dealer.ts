import { type PartyIndex, type RandomSource, SecretBytes } from '@keymesh/foundation';
import type { Curve, Point } from '../../src/curves/index.ts';
import { commitToPolynomial, evaluatePolynomial, randomPolynomial } from '../../src/sharing/index.ts';

export interface DealtKey {
  readonly secret: bigint;
  readonly commitments: readonly Point[];
  /** A fresh copy of the party's encoded share. */
  share(party: PartyIndex): SecretBytes;
}

/** One dealer who knows everything: only tests deal this way. */
export function dealKey(curve: Curve, threshold: number, random: RandomSource, secret?: bigint): DealtKey {
  const polynomial = randomPolynomial(curve, threshold, random, secret);
  return {
    secret: polynomial[0] as bigint,
    commitments: commitToPolynomial(curve, polynomial),
    share: (party) => new SecretBytes(curve.encodeScalar(evaluatePolynomial(curve, polynomial, party))),
  };
}
