import type { PartyIndex } from '@keymesh/foundation';
import { SIGNER_SEARCH_STEPS_MAX } from '../limits.ts';

/**
 * The first `size` candidates of which no two are in conflict: the earlier a candidate stands the more it is wanted.
 * It looks for an independent set, which is hard in general, so it gives up after `SIGNER_SEARCH_STEPS_MAX` steps.
 *
 * @returns in the order of the candidates; `undefined` if there is none or none was found.
 */
export function chooseSet(
  candidates: readonly PartyIndex[],
  size: number,
  inConflict: (a: PartyIndex, b: PartyIndex) => boolean,
): PartyIndex[] | undefined {
  const chosen: number[] = [];
  let next = 0;
  for (let step = 0; step < SIGNER_SEARCH_STEPS_MAX; step++) {
    if (chosen.length === size) return chosen.map((position) => candidates[position] as PartyIndex);
    if (candidates.length - next < size - chosen.length) {
      const last = chosen.pop();
      if (last === undefined) return undefined;
      next = last + 1;
      continue;
    }
    const candidate = candidates[next] as PartyIndex;
    if (chosen.every((position) => !inConflict(candidates[position] as PartyIndex, candidate))) chosen.push(next);
    next += 1;
  }
  return undefined;
}
