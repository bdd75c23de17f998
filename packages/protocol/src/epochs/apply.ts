import { COMMITTEE_SIZE_MAX } from '../limits.ts';
import type { EpochRefusal } from './refusal.ts';
import { type EpochPhase, type EpochState, type LockedEpoch, thresholdOf } from './state.ts';

/** What may happen to epochs: the functions of the contract. Node addresses are compared in lower case. */
export type EpochEvent =
  | { readonly kind: 'join'; readonly nodeAddress: string }
  | { readonly kind: 'leave'; readonly nodeAddress: string }
  | { readonly kind: 'lockValidatorsForNextEpoch' }
  | {
      readonly kind: 'voteKeyGeneration';
      readonly nodeAddress: string;
      readonly epoch: number;
      readonly attempt: number;
      /** Result hash and root keys in any text that is equal exactly if they are. */
      readonly result: string;
    }
  | {
      readonly kind: 'voteRetry';
      readonly nodeAddress: string;
      readonly epoch: number;
      readonly attempt: number;
      /** Bitmap of the blamed parties. */
      readonly blamed: bigint;
    }
  | { readonly kind: 'advanceEpoch' };

export type EpochOutcome = { readonly state: EpochState } | { readonly refusal: EpochRefusal };

type Rule<Kind extends EpochEvent['kind']> = {
  /** Phases in which the event is allowed. */
  readonly from: readonly EpochPhase[];
  readonly apply: (state: EpochState, event: Extract<EpochEvent, { kind: Kind }>) => EpochOutcome;
};

const ANY_PHASE: readonly EpochPhase[] = ['Active', 'NextValidatorSetLocked', 'ReadyForNextEpoch', 'Unlocked'];

/** The state machine of docs/spec/network.md §3. The contract `Staking` has the same rules, in the same order. */
const RULES: { readonly [Kind in EpochEvent['kind']]: Rule<Kind> } = {
  join: { from: ANY_PHASE, apply: join },
  leave: { from: ANY_PHASE, apply: leave },
  lockValidatorsForNextEpoch: { from: ['Unlocked', 'Active'], apply: lock },
  voteKeyGeneration: { from: ['NextValidatorSetLocked'], apply: voteKeyGeneration },
  voteRetry: { from: ['NextValidatorSetLocked'], apply: voteRetry },
  advanceEpoch: { from: ['ReadyForNextEpoch'], apply: advance },
};

/** The state after the event, or why it is refused; then nothing has changed. */
export function applyEpochEvent(state: EpochState, event: EpochEvent): EpochOutcome {
  const rule = RULES[event.kind] as Rule<EpochEvent['kind']>;
  if (!rule.from.includes(state.phase)) return refuse({ name: 'WrongState', phase: state.phase });
  return rule.apply(state, event);
}

function join(state: EpochState, { nodeAddress }: { readonly nodeAddress: string }): EpochOutcome {
  const address = nodeAddress.toLowerCase();
  if (state.nextSet.includes(address)) return refuse({ name: 'AlreadyInNextValidatorSet', nodeAddress: address });
  if (state.nextSet.length === COMMITTEE_SIZE_MAX) return refuse({ name: 'TooManyValidators' });
  return { state: { ...state, nextSet: [...state.nextSet, address] } };
}

function leave(state: EpochState, { nodeAddress }: { readonly nodeAddress: string }): EpochOutcome {
  const address = nodeAddress.toLowerCase();
  if (!state.nextSet.includes(address)) return refuse({ name: 'NotInNextValidatorSet', nodeAddress: address });
  return { state: { ...state, nextSet: state.nextSet.filter((other) => other !== address) } };
}

function lock(state: EpochState): EpochOutcome {
  if (state.active !== undefined) return refuse({ name: 'ResharingNotAvailable' });
  const [count, minimum] = [state.nextSet.length, state.minimumValidatorCount];
  if (count < minimum) return refuse({ name: 'NotEnoughValidators', count, minimum });
  const locked: LockedEpoch = {
    number: state.epoch + 1,
    members: state.nextSet,
    threshold: thresholdOf(count),
    attempt: 0,
    excluded: 0n,
    resultVotes: [],
    retryVotes: [],
    result: undefined,
  };
  return { state: { ...state, phase: 'NextValidatorSetLocked', locked } };
}

function voteKeyGeneration(state: EpochState, event: Extract<EpochEvent, { kind: 'voteKeyGeneration' }>): EpochOutcome {
  const voter = voterOf(state, event);
  if ('refusal' in voter) return voter;
  const { locked, party, nodeAddress } = voter;
  if (bit(locked.excluded, party)) return refuse({ name: 'MemberIsExcluded', nodeAddress });
  if (locked.resultVotes.some((vote) => vote.party === party)) return refuse({ name: 'AlreadyVoted', nodeAddress });
  const resultVotes = [...locked.resultVotes, { party, result: event.result }];
  const agreed = resultVotes.filter((vote) => vote.result === event.result).length >= locked.threshold;
  return {
    state: {
      ...state,
      phase: agreed ? 'ReadyForNextEpoch' : state.phase,
      locked: { ...locked, resultVotes, result: agreed ? event.result : undefined },
    },
  };
}

function voteRetry(state: EpochState, event: Extract<EpochEvent, { kind: 'voteRetry' }>): EpochOutcome {
  const voter = voterOf(state, event);
  if ('refusal' in voter) return voter;
  const { locked, party, nodeAddress } = voter;
  if (event.blamed < 0n || event.blamed >> BigInt(locked.members.length) !== 0n) {
    return refuse({ name: 'InvalidBlame', blamed: event.blamed });
  }
  if (locked.retryVotes.some((vote) => vote.party === party)) return refuse({ name: 'AlreadyVoted', nodeAddress });
  const retryVotes = [...locked.retryVotes, { party, blamed: event.blamed }];
  if (retryVotes.length < locked.threshold) return { state: { ...state, locked: { ...locked, retryVotes } } };
  const next: LockedEpoch = {
    ...locked,
    attempt: locked.attempt + 1,
    excluded: excludedNext(
      locked,
      retryVotes.map((vote) => vote.blamed),
    ),
    resultVotes: [],
    retryVotes: [],
  };
  return { state: { ...state, locked: next } };
}

function advance(state: EpochState): EpochOutcome {
  return {
    state: { ...state, phase: 'Active', epoch: state.epoch + 1, active: state.locked, locked: undefined },
  };
}

/**
 * n−t+1 votes include one of an honest member when at most n−t are faulty. If those left over could not reach the
 * threshold, some blame was wrong or the fault has passed, and everybody gets another chance.
 */
function excludedNext(locked: LockedEpoch, blames: readonly bigint[]): bigint {
  const n = locked.members.length;
  let { excluded } = locked;
  let remaining = n;
  for (let party = 1; party <= n; party++) {
    const against = blames.filter((blamed) => bit(blamed, party)).length;
    if (against >= n - locked.threshold + 1) excluded |= 1n << BigInt(party - 1);
    if (bit(excluded, party)) remaining -= 1;
  }
  return remaining < locked.threshold ? 0n : excluded;
}

function voterOf(
  state: EpochState,
  event: { readonly nodeAddress: string; readonly epoch: number; readonly attempt: number },
): { locked: LockedEpoch; party: number; nodeAddress: string } | { refusal: EpochRefusal } {
  const expected = state.epoch + 1;
  const { locked } = state;
  if (locked === undefined || event.epoch !== expected) {
    return refuse({ name: 'WrongEpoch', given: event.epoch, expected });
  }
  if (event.attempt !== locked.attempt) {
    return refuse({ name: 'WrongAttempt', given: event.attempt, expected: locked.attempt });
  }
  const nodeAddress = event.nodeAddress.toLowerCase();
  const party = locked.members.indexOf(nodeAddress) + 1;
  return party === 0 ? refuse({ name: 'NotAMember', nodeAddress }) : { locked, party, nodeAddress };
}

function bit(bitmap: bigint, party: number): boolean {
  return ((bitmap >> BigInt(party - 1)) & 1n) === 1n;
}

function refuse(refusal: EpochRefusal): { refusal: EpochRefusal } {
  return { refusal };
}
