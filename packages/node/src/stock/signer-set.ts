import type { PartyIndex } from '@keymesh/foundation';

/** Who may sign together, as one member sees it. */
export interface SignerSetBounds {
  readonly self: PartyIndex;
  readonly threshold: number;
  readonly partyCount: number;
}

/** Whether these are exactly t parties of the committee, ascending, each once, this node among them. */
export function isSignerSet(signers: readonly PartyIndex[], { self, threshold, partyCount }: SignerSetBounds): boolean {
  return (
    signers.length === threshold &&
    signers.includes(self) &&
    signers.every((party, i) => party > (signers[i - 1] ?? 0) && party <= partyCount)
  );
}
