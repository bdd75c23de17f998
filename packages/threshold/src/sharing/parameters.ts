import type { PartyIndex } from '@keymesh/foundation';
import { ThresholdError } from '../errors.ts';

/** Parties of one committee. Indices fit in a byte, which keeps Horner's rule in verifying shares cheap. */
export const PARTIES_MAX = 255;
/** A threshold of one would give every party the whole secret. Shares. */
export const THRESHOLD_MIN = 2;

/** @throws ThresholdError `sharing/invalid-parameters` unless 2 ≤ threshold ≤ partyCount ≤ `PARTIES_MAX`. */
export function assertSharingParameters(threshold: number, partyCount: number): void {
  const integers = Number.isInteger(threshold) && Number.isInteger(partyCount);
  if (integers && THRESHOLD_MIN <= threshold && threshold <= partyCount && partyCount <= PARTIES_MAX) return;
  throw new ThresholdError('The threshold and the number of parties do not fit together.', {
    code: 'sharing/invalid-parameters',
    fault: 'caller',
    hint: `Give integers with ${THRESHOLD_MIN} ≤ threshold ≤ parties ≤ ${PARTIES_MAX}.`,
    details: { threshold, partyCount },
  });
}

/** @throws ThresholdError `sharing/invalid-party` unless the index is an integer in 1 … `partyCount`. */
export function assertPartyIndex(index: PartyIndex, partyCount: number = PARTIES_MAX): void {
  if (Number.isInteger(index) && index >= 1 && index <= partyCount) return;
  throw new ThresholdError('A party index is outside the committee.', {
    code: 'sharing/invalid-party',
    fault: 'caller',
    hint: `Party indices are integers from 1 to ${partyCount}.`,
    details: { index, partyCount },
  });
}

/** @throws ThresholdError `sharing/invalid-party` if an index is out of range or occurs twice. */
export function assertDistinctParties(indices: readonly PartyIndex[], partyCount: number = PARTIES_MAX): void {
  const seen = new Set<PartyIndex>();
  for (const index of indices) {
    assertPartyIndex(index, partyCount);
    if (seen.has(index)) {
      throw new ThresholdError(`Party ${index} occurs twice.`, {
        code: 'sharing/invalid-party',
        fault: 'caller',
        details: { index },
      });
    }
    seen.add(index);
  }
}
