import type { Point } from '../curves/index.ts';
import type { CommitmentList } from './commitment-list.ts';

/**
 * `compute_group_commitment` of RFC 9591 §4.5: Σ hiding + binding factor · binding, as one sum of products. All of it
 * is public.
 */
export function computeGroupCommitment(commitments: CommitmentList, bindingFactors: readonly bigint[]): Point {
  const { curve, entries } = commitments;
  return curve.sumOfProductsPublic(
    [...entries.map(({ hiding }) => hiding), ...entries.map(({ binding }) => binding)],
    [...entries.map(() => 1n), ...bindingFactors],
  );
}
