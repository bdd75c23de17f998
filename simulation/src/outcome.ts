import type { PartyIndex } from '@keymesh/foundation';
import type { Signed, SigningTask } from './client/signing-client.ts';
import type { Wiretap } from './engine/wiretap.ts';
import type { History } from './history.ts';
import type { KnownSecret } from './member/known-secrets.ts';
import type { ActiveEpoch, EpochInService } from './node-parts.ts';
import type { Plan } from './plan.ts';

/** What is left when a simulation has ended; the checkers judge it. */
export interface Outcome {
  readonly plan: Plan;
  readonly history: History;
  readonly wiretap: Wiretap;
  /** What honest members must not let out, besides their shares. */
  readonly secrets: readonly KnownSecret[];
  /** What the chain holds, if an epoch became active. */
  readonly active: ActiveEpoch | undefined;
  /** The epoch that each honest member serves, with its shares. Members that serve none are absent. */
  readonly serving: ReadonlyMap<PartyIndex, EpochInService>;
  /** Signatures that the client obtained, in order, and how many it was to obtain. */
  readonly signatures: readonly { readonly task: SigningTask; readonly signed: Signed }[];
  readonly signaturesWanted: number;
  /** Virtual milliseconds until everything was done, or until the limit. */
  readonly endedAtMs: number;
  readonly finished: boolean;
}

/** One thing that must never happen and did. */
export interface Violation {
  readonly checker: string;
  readonly message: string;
}

/** Everyone but the liar. Members that crash or are cut off are honest. */
export function honestOf(plan: Plan): PartyIndex[] {
  return Array.from({ length: plan.partyCount }, (_, i) => i + 1).filter((party) => party !== plan.liar?.party);
}

/** Honest members that never crash by plan: at least t of them, unless everybody crashes. */
export function steadyOf(plan: Plan): PartyIndex[] {
  return honestOf(plan).filter(
    (party) => party !== plan.rollback?.party && !plan.crashes.some((crash) => crash.party === party),
  );
}
