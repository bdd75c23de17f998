import type { PartyIndex } from '@keymesh/foundation';

/** The states of the contract `Staking`, by their numbers there. `Paused` and `Restore` are reserved. */
export const EPOCH_PHASES = {
  Active: 0,
  NextValidatorSetLocked: 1,
  ReadyForNextEpoch: 2,
  Unlocked: 3,
  Paused: 4,
  Restore: 5,
} as const;

export type EpochPhase = keyof typeof EPOCH_PHASES;

/** The locked set and its votes, from the lock on. */
export interface LockedEpoch {
  readonly number: number;
  /** Node addresses, in lower case, in order of party index. */
  readonly members: readonly string[];
  /** t = ceil(2n/3). */
  readonly threshold: number;
  readonly attempt: number;
  /** Bitmap: bit i−1 stands for party i. */
  readonly excluded: bigint;
  /** Votes of the current attempt, in the order in which they came. */
  readonly resultVotes: readonly { readonly party: PartyIndex; readonly result: string }[];
  readonly retryVotes: readonly { readonly party: PartyIndex; readonly blamed: bigint }[];
  /** What t members agreed on. */
  readonly result: string | undefined;
}

/** Everything that the rules of epochs depend on. A value: no rule changes it in place. */
export interface EpochState {
  readonly phase: EpochPhase;
  /** Of the active epoch; 0 before the first. */
  readonly epoch: number;
  readonly minimumValidatorCount: number;
  /** The next validator set: node addresses in order of joining. */
  readonly nextSet: readonly string[];
  /** Set until the epoch that it is for begins. */
  readonly locked: LockedEpoch | undefined;
  /** The epoch in service. */
  readonly active: LockedEpoch | undefined;
}

/** The state of a fresh contract. */
export function initialEpochState(minimumValidatorCount: number): EpochState {
  return { phase: 'Unlocked', epoch: 0, minimumValidatorCount, nextSet: [], locked: undefined, active: undefined };
}

/** t = ceil(2n/3): the threshold of liveness and of secrecy alike (docs/spec/network.md §1). */
export function thresholdOf(memberCount: number): number {
  return Math.ceil((2 * memberCount) / 3);
}

/** The parties of a bitmap, ascending. */
export function partiesOf(bitmap: bigint): readonly PartyIndex[] {
  const parties: PartyIndex[] = [];
  for (let party = 1, rest = bitmap; rest > 0n; party++, rest >>= 1n) if (rest & 1n) parties.push(party);
  return parties;
}

/** The bitmap of some parties. */
export function bitmapOf(parties: readonly PartyIndex[]): bigint {
  return parties.reduce((bitmap, party) => bitmap | (1n << BigInt(party - 1)), 0n);
}

/** Parties that take part in the current attempt, ascending. */
export function participantsOf(locked: LockedEpoch): readonly PartyIndex[] {
  return locked.members.map((_, i) => i + 1).filter((party) => ((locked.excluded >> BigInt(party - 1)) & 1n) === 0n);
}
