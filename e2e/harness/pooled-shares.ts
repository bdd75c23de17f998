import type { Curve, Curves } from '@keymesh/threshold/curves';
import { ROOT_KEYS, type RootKeyName } from '@keymesh/threshold/public-key-package';
import { lagrangeCoefficients } from '@keymesh/threshold/sharing';
import type { Secret } from './secrets.ts';

/** All non-empty subsets of some parties. */
export function subsetsOf(parties: readonly number[]): number[][] {
  const subsets: number[][] = [];
  for (const party of parties) subsets.push(...subsets.map((subset) => [...subset, party]), [party]);
  return subsets;
}

/**
 * The public key of the secret that some parties' shares of a root interpolate to. It is computed on points, so that no
 * key comes into being in a test either.
 *
 * @param secrets as `secretsOf` names them.
 * @returns encoded.
 */
export function pooledPublicKey(
  curves: Curves,
  secrets: readonly Secret[],
  root: RootKeyName,
  parties: readonly number[],
): Uint8Array {
  const curve: Curve = curves[ROOT_KEYS[root].curve];
  const points = parties.map((party) => {
    const name = `node-${party}: share of ${root}`;
    const share = secrets.find((secret) => secret.name === name);
    if (share === undefined) throw new Error(`There is no ${name}.`);
    return curve.multiplyBase(curve.decodeScalar(share.bytes));
  });
  const weights = lagrangeCoefficients(curve, parties);
  return curve.encodePoint(curve.sumOfProductsPublic(points, weights));
}
