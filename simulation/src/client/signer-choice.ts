import type { PartyIndex } from '@keymesh/foundation';
import { subsets } from '../subsets.ts';

/** The more a member has, the later it is asked again for the same signature. */
export const PENALTY = {
  /** It did not answer, cannot sign at all, or another says that it was silent. */
  silent: 2,
  /** Exactly this set has failed before: so every set has its turn, also where penalties are the same for all. */
  repeated: 2,
  /**
   * It was in a set that failed. Everybody's, because whoever spoils a preparation gets the others to fail: if only
   * those who say so were asked later, the set without the liar would be the last.
   */
  failing: 1,
  /** It says that another is at fault: one of them is. */
  accusing: 1,
  /** A set that holds an accuser and whom it accuses, or two that cannot presign together. */
  conflict: 4,
} as const;

/** Which t members to ask next for one signature: the set with the fewest penalties, and of equal ones the preferred. */
export class SignerChoice {
  readonly #preferred: readonly PartyIndex[];
  readonly #threshold: number;
  readonly #penalties = new Map<PartyIndex, number>();
  readonly #conflicts: (readonly [PartyIndex, PartyIndex])[] = [];
  /** How often sets have failed, by their members. */
  readonly #failures = new Map<string, number>();

  /** @param preferred everybody, the best first. */
  constructor(preferred: readonly PartyIndex[], threshold: number) {
    this.#preferred = preferred;
    this.#threshold = threshold;
  }

  penalise(party: PartyIndex, penalty: number): void {
    this.#penalties.set(party, (this.#penalties.get(party) ?? 0) + penalty);
  }

  /** A set has failed. @param signers ascending. */
  failed(signers: readonly PartyIndex[]): void {
    for (const party of signers) this.penalise(party, PENALTY.failing);
    this.#failures.set(signers.join(), (this.#failures.get(signers.join()) ?? 0) + 1);
  }

  /** Not together, if there is another way. */
  separate(a: PartyIndex, b: PartyIndex): void {
    if (a !== b) this.#conflicts.push([a, b]);
  }

  /** @param culprits never asked. @returns ascending, or undefined if too few are left. */
  next(culprits: ReadonlySet<PartyIndex>): PartyIndex[] | undefined {
    const candidates = this.#preferred.filter((party) => !culprits.has(party));
    const [best] = subsets(candidates, this.#threshold)
      .map((signers) => signers.sort((a, b) => a - b))
      .map((signers) => ({ signers, penalty: this.#penaltyOf(signers) }))
      .sort((a, b) => a.penalty - b.penalty);
    return best?.signers;
  }

  #penaltyOf(signers: readonly PartyIndex[]): number {
    const own = signers.reduce((sum, party) => sum + (this.#penalties.get(party) ?? 0), 0);
    const conflicts = this.#conflicts.filter((pair) => pair.every((party) => signers.includes(party)));
    const failures = this.#failures.get(signers.join()) ?? 0;
    return own + PENALTY.conflict * conflicts.length + PENALTY.repeated * failures;
  }
}
