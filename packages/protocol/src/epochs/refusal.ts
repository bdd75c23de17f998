import type { EpochPhase } from './state.ts';

/** Why an event is not allowed; the names are those of the contract's custom errors. */
export type EpochRefusal =
  | { readonly name: 'WrongState'; readonly phase: EpochPhase }
  /** Root keys exist, and handing them to another set is not built yet. */
  | { readonly name: 'ResharingNotAvailable' }
  | { readonly name: 'NotEnoughValidators'; readonly count: number; readonly minimum: number }
  | { readonly name: 'TooManyValidators' }
  | { readonly name: 'AlreadyInNextValidatorSet'; readonly nodeAddress: string }
  | { readonly name: 'NotInNextValidatorSet'; readonly nodeAddress: string }
  | { readonly name: 'WrongEpoch'; readonly given: number; readonly expected: number }
  | { readonly name: 'WrongAttempt'; readonly given: number; readonly expected: number }
  | { readonly name: 'NotAMember'; readonly nodeAddress: string }
  | { readonly name: 'MemberIsExcluded'; readonly nodeAddress: string }
  | { readonly name: 'AlreadyVoted'; readonly nodeAddress: string }
  /** The bitmap blames a party that is not in the set. */
  | { readonly name: 'InvalidBlame'; readonly blamed: bigint };
