import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyEpochEvent,
  bitmapOf,
  type EpochEvent,
  type EpochState,
  initialEpochState,
  participantsOf,
  partiesOf,
  thresholdOf,
} from '../src/epochs/index.ts';

const node = (party: number) => `0x${party.toString(16).padStart(40, '0')}`;
const join = (party: number): EpochEvent => ({ kind: 'join', nodeAddress: node(party) });
const lock: EpochEvent = { kind: 'lockValidatorsForNextEpoch' };
const advance: EpochEvent = { kind: 'advanceEpoch' };
const result = (party: number, text = 'A', attempt = 0, epoch = 1): EpochEvent => ({
  ...{ kind: 'voteKeyGeneration', nodeAddress: node(party), result: text, attempt, epoch },
});
const retry = (party: number, blamed: number[] = [], attempt = 0, epoch = 1): EpochEvent => ({
  ...{ kind: 'voteRetry', nodeAddress: node(party), blamed: bitmapOf(blamed), attempt, epoch },
});

function run(events: readonly EpochEvent[], from = initialEpochState(3)): EpochState {
  return events.reduce((state, event) => {
    const outcome = applyEpochEvent(state, event);
    if ('refusal' in outcome) throw new Error(`${event.kind} was refused: ${outcome.refusal.name}`);
    return outcome.state;
  }, from);
}

function refusalOf(state: EpochState, event: EpochEvent): string {
  const outcome = applyEpochEvent(state, event);
  return 'refusal' in outcome ? outcome.refusal.name : 'accepted';
}

const fresh = initialEpochState(3);
const four = [join(1), join(2), join(3), join(4)];
const locked = run([...four, lock]);
const ready = run([result(1), result(2), result(3)], locked);
const active = run([advance], ready);

describe('the table of epochs', () => {
  it('has the threshold ceil(2n/3)', () => {
    expect([3, 4, 5, 6, 7, 10, 100].map(thresholdOf)).toEqual([2, 3, 4, 4, 5, 7, 67]);
  });

  it.each<[string, EpochState, EpochEvent, string]>([
    ['lock without validators', fresh, lock, 'NotEnoughValidators'],
    ['lock of too few', run([join(1), join(2)]), lock, 'NotEnoughValidators'],
    ['lock of enough', run(four), lock, 'accepted'],
    ['lock twice', locked, lock, 'WrongState'],
    ['lock when ready', ready, lock, 'WrongState'],
    ['lock of a second set', active, lock, 'ResharingNotAvailable'],
    ['join twice', run([join(1)]), join(1), 'AlreadyInNextValidatorSet'],
    [
      'join in other letters',
      run([{ kind: 'join', nodeAddress: '0xAb' }]),
      { kind: 'join', nodeAddress: '0xaB' },
      'AlreadyInNextValidatorSet',
    ],
    ['leave without joining', fresh, { kind: 'leave', nodeAddress: node(1) }, 'NotInNextValidatorSet'],
    ['vote before the lock', run(four), result(1), 'WrongState'],
    ['vote when ready', ready, result(4), 'WrongState'],
    ['vote when active', active, result(4, 'A', 0, 2), 'WrongState'],
    ['retry when ready', ready, retry(4), 'WrongState'],
    ['vote of a stranger', locked, result(5), 'NotAMember'],
    ['retry of a stranger', locked, retry(5), 'NotAMember'],
    ['vote for another epoch', locked, result(1, 'A', 0, 2), 'WrongEpoch'],
    ['vote for a later attempt', locked, result(1, 'A', 1), 'WrongAttempt'],
    ['vote twice', run([result(1)], locked), result(1, 'B'), 'AlreadyVoted'],
    ['retry twice', run([retry(1)], locked), retry(1), 'AlreadyVoted'],
    ['result and retry of one member', run([result(1)], locked), retry(1), 'accepted'],
    ['blame of a party beyond the set', locked, retry(1, [5]), 'InvalidBlame'],
    ['advance before agreement', locked, advance, 'WrongState'],
    ['advance when ready', ready, advance, 'accepted'],
    ['advance twice', active, advance, 'WrongState'],
  ])('%s', (_, state, event, expected) => expect(refusalOf(state, event)).toBe(expected));

  it('goes from unlocked to active, and keeps the locked order', () => {
    expect(locked.locked).toMatchObject({ number: 1, threshold: 3, members: [1, 2, 3, 4].map(node), attempt: 0 });
    expect(ready.phase).toBe('ReadyForNextEpoch');
    expect(active).toMatchObject({ phase: 'Active', epoch: 1, locked: undefined, active: { result: 'A' } });
  });

  it('counts only equal votes', () => {
    const split = run([result(1, 'A'), result(2, 'B'), result(3, 'A')], locked);
    expect(split.phase).toBe('NextValidatorSetLocked');
    expect(run([result(4, 'A')], split).locked?.result).toBe('A');
  });

  it('starts the next attempt at the t-th retry and voids all votes', () => {
    const state = run([result(1), result(2), retry(1), retry(2), retry(3)], locked);
    expect(state.locked).toMatchObject({ attempt: 1, excluded: 0n, resultVotes: [], retryVotes: [] });
    expect(refusalOf(state, result(3, 'A', 0))).toBe('WrongAttempt');
    expect(refusalOf(state, result(1, 'A', 1))).toBe('accepted');
  });

  it('excludes who is blamed by n−t+1 votes, and nobody for fewer', () => {
    const one = run([retry(1, [4]), retry(2), retry(3)], locked);
    expect(one.locked?.excluded).toBe(0n);
    const two = run([retry(1, [4]), retry(2, [4]), retry(3)], locked);
    expect(partiesOf(two.locked?.excluded ?? 0n)).toEqual([4]);
    expect(refusalOf(two, result(4, 'A', 1))).toBe('MemberIsExcluded');
    expect(refusalOf(two, retry(4, [], 1))).toBe('accepted');
    expect(two.locked && participantsOf(two.locked)).toEqual([1, 2, 3]);
  });

  it('adds exclusions over attempts, and clears them all when too few would remain', () => {
    const seven = run([...[1, 2, 3, 4, 5, 6, 7].map(join), lock]);
    const blamers = (blamed: number[], attempt: number) =>
      [1, 2, 3, 4, 5].map((party) => retry(party, blamed, attempt));
    const first = run(blamers([7], 0), seven);
    const second = run(blamers([6], 1), first);
    expect(partiesOf(second.locked?.excluded ?? 0n)).toEqual([6, 7]);
    const third = run(blamers([5], 2), second);
    expect(third.locked).toMatchObject({ attempt: 3, excluded: 0n });
  });

  it('always keeps at least t participants, never excludes on the word of n−t, and never changes its input', () => {
    const event = fc.record({
      kind: fc.constantFrom<'voteRetry' | 'voteKeyGeneration'>('voteRetry', 'voteKeyGeneration'),
      party: fc.integer({ min: 1, max: 7 }),
      blamed: fc.nat(127),
      result: fc.constantFrom('A', 'B'),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        let state = run([...[1, 2, 3, 4, 5, 6, 7].map(join), lock]);
        for (const { kind, party, blamed, result: text } of events) {
          const vote = { nodeAddress: node(party), epoch: 1, attempt: state.locked?.attempt ?? 0 };
          const before = structuredClone(state);
          const outcome = applyEpochEvent(
            state,
            kind === 'voteRetry' ? { ...vote, kind, blamed: BigInt(blamed) } : { ...vote, kind, result: text },
          );
          expect(state).toEqual(before);
          if ('refusal' in outcome) continue;
          const was = state.locked;
          state = outcome.state;
          const now = state.locked;
          if (was === undefined || now === undefined) throw new Error('the lock was lost');
          expect(participantsOf(now).length).toBeGreaterThanOrEqual(now.threshold);
          for (const excluded of partiesOf(now.excluded & ~was.excluded)) {
            const blames = [...was.retryVotes.map((item) => item.blamed), BigInt(blamed)];
            expect(blames.filter((item) => partiesOf(item).includes(excluded)).length).toBeGreaterThanOrEqual(3);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
