import { KeymeshError } from '@keymesh/foundation';
import { describe, expect, test } from 'vitest';
import {
  ADVANCE_STAGGER_MS,
  EXCUSES_PER_EPOCH_MAX,
  KEYGEN_ROUND_TIMEOUT_MS,
  RESULT_VOTE_TIMEOUT_MS,
  RETRY_FOLLOW_DELAY_MS,
  TRANSACTION_BACKOFF_FIRST_MS,
  TRANSACTION_BACKOFF_MAX_MS,
  TRANSACTION_REFUSALS_MAX,
} from '../../src/epochs/limits.ts';
import { settle } from './manual-clock.ts';
import { MemberUnderTest, outputOf, SELF, snapshot } from './member-under-test.ts';

const BOOT_A = new Uint8Array(16).fill(1);
const BOOT_B = new Uint8Array(16).fill(2);
const minedTimes = (log: readonly string[], what: string): number => log.filter((entry) => entry === what).length;

describe('taking part', () => {
  test('records that it joined before it speaks, and saves its shares before it votes', async () => {
    const member = new MemberUnderTest();
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    member.finishRun();
    await settle();
    expect(member.log).toEqual(['joined', 'published 1', 'saved 0', 'vote result 0']);
    expect(member.resultVotes[0]?.resultHash).toEqual(outputOf(member.broadcast.executionId).resultHash);
  });

  test('saves a result before the message that vouches for it leaves', () => {
    const member = new MemberUnderTest();
    member.vouches = true;
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    expect(member.log).toEqual(['joined', 'saved 0', 'published 1']);
  });

  test('a restart after that finds the result, votes it as another did, and serves it when the chain agrees', async () => {
    const member = new MemberUnderTest();
    member.vouches = true;
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    const { executionId } = member.broadcast;
    member.boot();
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    await settle();
    expect(member.resultVotes).toHaveLength(0);
    member.coordinator.onSnapshot(snapshot({ pending: { resultVoters: [2] } }));
    await settle();
    expect(member.retryVotes).toHaveLength(0);
    expect(member.resultVotes[0]?.resultHash).toEqual(outputOf(executionId).resultHash);
    member.coordinator.onSnapshot(snapshot({ active: { resultHash: outputOf(executionId).resultHash } }));
    expect(member.coordinator.currentEpoch()?.executionId).toEqual(executionId);
  });

  test('does everything once however often a snapshot is repeated or comes late', async () => {
    const member = new MemberUnderTest();
    const early = snapshot({ pending: {} });
    const late = snapshot({ pending: {} });
    for (const seen of [late, late, early, late]) member.coordinator.onSnapshot(seen);
    member.finishRun();
    for (const seen of [late, early, late]) member.coordinator.onSnapshot(seen);
    await settle();
    expect(member.log).toEqual(['joined', 'published 1', 'saved 0', 'vote result 0']);
    expect(member.seen('snapshot-stale')).toHaveLength(2);
  });

  test('a node that starts after the lock and never spoke joins', () => {
    const member = new MemberUnderTest();
    member.boot();
    member.coordinator.onSnapshot(snapshot({ pending: { retryVoters: [2], resultVoters: [3] } }));
    expect(member.log).toEqual(['joined', 'published 1']);
  });

  test('a node that is no member does nothing', async () => {
    const member = new MemberUnderTest(9);
    member.coordinator.onSnapshot(snapshot({ pending: { retryVoters: [1, 2, 3], ready: true } }));
    await member.clock.advance(10 * RETRY_FOLLOW_DELAY_MS);
    expect(member.log).toEqual([]);
  });

  test('does not speak while it cannot record that it joined', async () => {
    const member = new MemberUnderTest();
    member.store.failing = true;
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    expect(member.log).toEqual([]);
    member.store.failing = false;
    await member.clock.advance(TRANSACTION_BACKOFF_FIRST_MS);
    expect(member.log).toEqual(['joined', 'published 1']);
  });

  test('does not vote while it cannot save its shares', async () => {
    const member = new MemberUnderTest();
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    member.store.failing = true;
    member.finishRun();
    await settle();
    expect(member.resultVotes).toHaveLength(0);
    member.store.failing = false;
    await member.clock.advance(TRANSACTION_BACKOFF_FIRST_MS);
    expect(member.log.slice(2)).toEqual(['saved 0', 'vote result 0']);
  });
});

describe('restarts', () => {
  test('after it had joined, it never speaks again in that attempt and votes to retry, blaming nobody', async () => {
    const member = new MemberUnderTest();
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    member.boot();
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    await settle();
    expect(member.log).toEqual(['joined', 'published 1', 'vote retry 0']);
    expect(member.retryVotes).toEqual([{ epoch: 1, attempt: 0, blamed: [] }]);
    member.coordinator.onSnapshot(snapshot({ pending: { attempt: 1 } }));
    expect(member.log.slice(3)).toEqual(['joined', 'published 1']);
  });

  test('with shares, it asks for another attempt when nobody says in time that the run ended well', async () => {
    const member = new MemberUnderTest();
    member.vouches = true;
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    member.boot();
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    await member.clock.advance(KEYGEN_ROUND_TIMEOUT_MS - 1);
    expect(member.retryVotes).toHaveLength(0);
    await member.clock.advance(1);
    expect(member.resultVotes).toHaveLength(0);
    expect(member.retryVotes).toEqual([{ epoch: 1, attempt: 0, blamed: [] }]);
    expect(member.seen('retry-wanted')).toMatchObject([{ reason: 'nobody-finished' }]);
  });

  test('between saving and voting, it votes what it saved when another has voted', async () => {
    const member = new MemberUnderTest();
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    member.transactionError = new KeymeshError('No chain.', { code: 'chain/unreachable', fault: 'environment' });
    member.finishRun();
    await settle();
    member.transactionError = undefined;
    member.boot();
    for (const resultVoters of [[2], [2, 3]]) {
      member.coordinator.onSnapshot(snapshot({ pending: { resultVoters } }));
      await settle();
    }
    expect(member.resultVotes).toHaveLength(1);
    expect(member.retryVotes).toHaveLength(0);
    expect(member.broadcasts).toHaveLength(0);
  });

  test('after its vote was counted, it waits and then serves the epoch', async () => {
    const member = new MemberUnderTest();
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    const { resultHash } = outputOf(member.broadcast.executionId);
    member.finishRun();
    await settle();
    member.boot();
    member.coordinator.onSnapshot(snapshot({ pending: { resultVoters: [SELF] } }));
    await settle();
    expect(member.resultVotes).toHaveLength(1);
    member.coordinator.onSnapshot(snapshot({ active: { resultHash } }));
    expect(member.coordinator.currentEpoch()).toMatchObject({ epoch: 1, self: SELF, resultHash });
    member.boot();
    expect(member.coordinator.currentEpoch()).toBeUndefined();
    member.coordinator.onSnapshot(snapshot({ active: { resultHash } }));
    expect(member.coordinator.currentEpoch()?.shares[0]?.share.expose((bytes) => bytes[0])).toBe(7);
  });

  test('of a participant make it vote to retry at once, blaming nobody; a first greeting does not', async () => {
    const member = new MemberUnderTest();
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    member.coordinator.onPeerBoot(2, BOOT_A, undefined);
    await settle();
    expect(member.retryVotes).toHaveLength(0);
    member.coordinator.onPeerBoot(2, BOOT_B, BOOT_A);
    await settle();
    expect(member.retryVotes).toEqual([{ epoch: 1, attempt: 0, blamed: [] }]);
  });

  test('of one participant are excused a few times in an epoch, and then its silence is blamed', async () => {
    const member = new MemberUnderTest();
    for (let attempt = 0; attempt <= EXCUSES_PER_EPOCH_MAX; attempt++) {
      member.coordinator.onSnapshot(snapshot({ pending: { attempt } }));
      member.coordinator.onPeerBoot(2, BOOT_B, BOOT_A);
      for (const party of [3, 4]) member.broadcast.deliver(party, 1, Uint8Array.of(party));
      await member.clock.advance(KEYGEN_ROUND_TIMEOUT_MS);
    }
    const blamed = member.retryVotes.map((vote) => vote.blamed);
    expect(blamed).toEqual([...Array.from({ length: EXCUSES_PER_EPOCH_MAX }, () => []), [2]]);
  });
});

describe('a stalled or failed run', () => {
  test('blames those whose message is missing, goes on, and may still finish', async () => {
    const member = new MemberUnderTest();
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    for (const party of [2, 3]) member.broadcast.deliver(party, 1, Uint8Array.of(party));
    await member.clock.advance(KEYGEN_ROUND_TIMEOUT_MS);
    expect(member.retryVotes).toEqual([{ epoch: 1, attempt: 0, blamed: [4] }]);
    member.broadcast.deliver(4, 1, Uint8Array.of(4));
    await settle();
    expect(member.resultVotes).toHaveLength(1);
  });

  test('progress in a round starts its time anew', async () => {
    const member = new MemberUnderTest();
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    await member.clock.advance(KEYGEN_ROUND_TIMEOUT_MS - 1);
    member.broadcast.deliver(2, 1, Uint8Array.of(2));
    await member.clock.advance(KEYGEN_ROUND_TIMEOUT_MS - 1);
    expect(member.retryVotes).toHaveLength(0);
    await member.clock.advance(1);
    expect(member.retryVotes[0]?.blamed).toEqual([3, 4]);
  });

  test('does not blame a member for silence that has asked for a retry itself', async () => {
    const member = new MemberUnderTest();
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    member.coordinator.onSnapshot(snapshot({ pending: { retryVoters: [3] } }));
    await member.clock.advance(KEYGEN_ROUND_TIMEOUT_MS);
    expect(member.retryVotes[0]?.blamed).toEqual([2, 4]);
  });

  test('names who equivocated', async () => {
    const member = new MemberUnderTest();
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    member.broadcast.equivocate(3, 1);
    await settle();
    expect(member.retryVotes[0]?.blamed).toEqual([3]);
    expect(member.seen('run-failed')).toHaveLength(1);
  });

  test('names whom the protocol convicts', async () => {
    const member = new MemberUnderTest();
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    member.broadcast.deliver(4, 1, Uint8Array.of(0xff));
    await settle();
    expect(member.retryVotes[0]?.blamed).toEqual([4]);
  });

  test('a result that finds too few equal votes is given up after a while, naming a late equivocator', async () => {
    const member = new MemberUnderTest();
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    member.finishRun();
    member.broadcast.equivocate(2, 1);
    await settle();
    member.coordinator.onSnapshot(snapshot({ pending: { resultVoters: [SELF] } }));
    await member.clock.advance(RESULT_VOTE_TIMEOUT_MS - 1);
    expect(member.retryVotes).toHaveLength(0);
    await member.clock.advance(1);
    expect(member.retryVotes[0]?.blamed).toEqual([2]);
  });

  test('an excluded member follows n − t + 1 others after a delay and never fewer', async () => {
    const member = new MemberUnderTest();
    member.coordinator.onSnapshot(snapshot({ pending: { attempt: 1, excluded: [SELF], retryVoters: [2] } }));
    await member.clock.advance(2 * RETRY_FOLLOW_DELAY_MS);
    expect(member.log).toEqual([]);
    member.coordinator.onSnapshot(snapshot({ pending: { attempt: 1, excluded: [SELF], retryVoters: [2, 3] } }));
    await member.clock.advance(RETRY_FOLLOW_DELAY_MS - 1);
    expect(member.log).toEqual([]);
    await member.clock.advance(1);
    expect(member.retryVotes).toEqual([{ epoch: 1, attempt: 1, blamed: [] }]);
  });
});

describe('attempts and epochs', () => {
  test('a new attempt ends the old run, and a late snapshot of the old one changes nothing', () => {
    const member = new MemberUnderTest();
    const old = snapshot({ pending: {} });
    member.coordinator.onSnapshot(old);
    const [first] = member.broadcasts;
    member.coordinator.onSnapshot(snapshot({ pending: { attempt: 1, excluded: [4] } }));
    expect(first?.closed).toBe(true);
    expect(member.broadcast.participants).toEqual([1, 2, 3]);
    member.coordinator.onSnapshot(old);
    expect(member.broadcasts).toHaveLength(2);
  });

  test('only the shares of the result on chain are kept', async () => {
    const member = new MemberUnderTest();
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    const first = outputOf(member.broadcast.executionId);
    member.finishRun();
    member.coordinator.onSnapshot(snapshot({ pending: { attempt: 1 } }));
    member.finishRun();
    await settle();
    expect(member.store.kept).toHaveLength(2);
    const changes: number[] = [];
    member.coordinator.onEpochChange(({ attempt }) => changes.push(attempt));
    member.coordinator.onSnapshot(snapshot({ active: { attempt: 0, resultHash: first.resultHash } }));
    member.coordinator.onSnapshot(snapshot({ active: { attempt: 0, resultHash: first.resultHash } }));
    expect(changes).toEqual([0]);
    expect(member.store.kept.map(({ attempt }) => attempt)).toEqual([0]);
    expect(member.store.joined.size).toBe(0);
  });

  test('a run that the others finished without waiting still brings this node its shares', async () => {
    const member = new MemberUnderTest();
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    const { resultHash } = outputOf(member.broadcast.executionId);
    member.coordinator.onSnapshot(snapshot({ active: { resultHash } }));
    expect(member.coordinator.currentEpoch()).toBeUndefined();
    expect(member.seen('shares-missing')).toHaveLength(0);
    member.finishRun();
    await settle();
    expect(member.coordinator.currentEpoch()?.resultHash).toEqual(resultHash);
    expect(minedTimes(member.log, 'vote result 0')).toBe(0);
  });

  test('shares that contradict the result on chain are not served', async () => {
    const member = new MemberUnderTest();
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    member.finishRun();
    await settle();
    member.coordinator.onSnapshot(snapshot({ active: { resultHash: new Uint8Array(32) } }));
    expect(member.coordinator.currentEpoch()).toBeUndefined();
    expect(member.seen('shares-missing')).toMatchObject([{ contradicted: true }]);
  });

  test('advances the epoch in its turn, and not when another member did', async () => {
    const member = new MemberUnderTest(2);
    const ready = { ready: true, resultVoters: [1, 3, 4] };
    member.coordinator.onSnapshot(snapshot({ pending: ready }));
    await member.clock.advance(ADVANCE_STAGGER_MS - 1);
    expect(member.advances).toBe(0);
    await member.clock.advance(1);
    expect(member.advances).toBe(1);

    const other = new MemberUnderTest(2);
    other.coordinator.onSnapshot(snapshot({ pending: ready }));
    other.coordinator.onSnapshot(snapshot({ active: { resultHash: new Uint8Array(32) } }));
    await other.clock.advance(10 * ADVANCE_STAGGER_MS);
    expect(other.advances).toBe(0);
  });
});

describe('transactions that fail', () => {
  test('are sent again with growing pauses while the chain is away', async () => {
    const member = new MemberUnderTest();
    member.transactionError = new KeymeshError('No chain.', { code: 'chain/unreachable', fault: 'environment' });
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    member.finishRun();
    await member.clock.advance(7 * TRANSACTION_BACKOFF_FIRST_MS);
    expect(minedTimes(member.log, 'vote result 0')).toBe(4);
    member.transactionError = undefined;
    await member.clock.advance(TRANSACTION_BACKOFF_MAX_MS);
    expect(member.resultVotes).toHaveLength(1);
  });

  test('are given up when the contract refuses again and again', async () => {
    const member = new MemberUnderTest();
    member.transactionError = new KeymeshError('Reverted.', { code: 'chain/reverted', fault: 'caller' });
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    member.finishRun();
    await member.clock.advance(RESULT_VOTE_TIMEOUT_MS - 1);
    expect(minedTimes(member.log, 'vote result 0')).toBe(TRANSACTION_REFUSALS_MAX);
    expect(member.seen('effect-failed').at(-1)).toMatchObject({ effect: 'vote-result', retryInMs: undefined });
  });

  test('a mined vote that the chain does not show is sent again; one that it shows is not', async () => {
    const member = new MemberUnderTest();
    member.coordinator.onSnapshot(snapshot({ pending: {} }));
    member.finishRun();
    await member.clock.advance(TRANSACTION_BACKOFF_MAX_MS + TRANSACTION_BACKOFF_FIRST_MS);
    expect(member.resultVotes).toHaveLength(2);
    member.coordinator.onSnapshot(snapshot({ pending: { resultVoters: [SELF] } }));
    await member.clock.advance(RESULT_VOTE_TIMEOUT_MS);
    expect(member.resultVotes).toHaveLength(2);
  });
});

test('after stop, nothing is sent or stored', async () => {
  const member = new MemberUnderTest();
  member.coordinator.onSnapshot(snapshot({ pending: {} }));
  member.coordinator.stop();
  member.finishRun();
  await member.clock.advance(10 * KEYGEN_ROUND_TIMEOUT_MS);
  expect(member.log).toEqual(['joined', 'published 1']);
  expect(member.broadcast.closed).toBe(true);
});

test('stop wipes the shares in service', async () => {
  const member = new MemberUnderTest();
  member.coordinator.onSnapshot(snapshot({ pending: {} }));
  const { resultHash } = outputOf(member.broadcast.executionId);
  member.finishRun();
  await settle();
  member.coordinator.onSnapshot(snapshot({ active: { resultHash } }));
  const share = member.coordinator.currentEpoch()?.shares[0]?.share;
  member.coordinator.stop();
  expect(share?.isWiped).toBe(true);
});
