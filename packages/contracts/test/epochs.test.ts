import { bytesToHex, parseEventLogs } from 'viem';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bitmapOfParties, EpochState, KEY_SET_ID, partiesOfBitmap, pubkeyRouterAbi, stakingAbi } from '../src/index.ts';
import { type Network, ROOT_KEY_BYTES, resultHash, rootKeys, startNetwork } from './network.ts';

let network: Network;
let snapshot: `0x${string}`;
beforeAll(async () => {
  network = await startNetwork();
});
afterAll(() => network.stop());
beforeEach(async () => {
  snapshot = await network.chain.client.snapshot();
});
afterEach(() => network.chain.client.revert({ id: snapshot }));

const threshold = (n: number) => Math.ceil((2 * n) / 3);
const storedRootKeys = () =>
  network.chain.client.readContract({
    address: network.contracts.PubkeyRouter,
    abi: pubkeyRouterAbi,
    functionName: 'getRootKeys',
    args: [KEY_SET_ID],
  });
const epochEvents = (logs: Parameters<typeof parseEventLogs>[0]['logs']) =>
  parseEventLogs({ abi: stakingAbi, logs }).map(({ eventName, args }) => ({ eventName, ...args }));

describe.each([4, 7])('an epoch of %i members', (n) => {
  const t = threshold(n);

  test('begins when t members agree, with members in order of joining', async () => {
    const { chain } = network;
    expect(await network.state()).toBe(EpochState.Unlocked);
    expect(await network.lockedEpoch()).toMatchObject({ number: 0n, state: EpochState.Unlocked, members: [] });
    await network.lock(n);
    const locked = await network.lockedEpoch();
    expect(locked).toMatchObject({
      number: 1n,
      state: EpochState.NextValidatorSetLocked,
      attempt: 0,
      excluded: 0n,
      threshold: t,
      keyGenerationVoters: 0n,
      leadingVotes: 0,
      retryVoters: 0n,
    });
    expect(locked.members.map((member) => member.nodeAddress)).toEqual(
      Array.from({ length: n }, (_, i) => network.node(i + 1)),
    );

    for (let i = 1; i < t; i += 1) await chain.send(network.voteCall(i));
    expect(await storedRootKeys()).toEqual([]);
    expect(await network.lockedEpoch()).toMatchObject({
      state: EpochState.NextValidatorSetLocked,
      leadingVotes: t - 1,
      keyGenerationVoters: bitmapOfParties(Array.from({ length: t - 1 }, (_, i) => i + 1)),
      resultHash: `0x${'00'.repeat(32)}`,
    });
    expect(await chain.outcome(network.advanceCall())).toBe('WrongState');

    const last = await chain.send(network.voteCall(t));
    expect(epochEvents(last.logs)).toMatchObject([
      { eventName: 'KeyGenerationVoted', epoch: 1n, attempt: 0, nodeAddress: network.node(t), votes: BigInt(t) },
      { eventName: 'KeyGenerationAgreed', epoch: 1n, attempt: 0, resultHash: resultHash('a') },
      { eventName: 'StateChanged', newState: EpochState.ReadyForNextEpoch },
    ]);
    expect(await storedRootKeys()).toEqual(rootKeys());
    expect(await network.activeEpoch()).toMatchObject({ number: 0n, members: [] });

    const advanced = await chain.send(network.advanceCall());
    expect(epochEvents(advanced.logs)).toMatchObject([
      { eventName: 'StateChanged', newState: EpochState.Active },
      { eventName: 'EpochAdvanced', epoch: 1n },
    ]);
    const active = await network.activeEpoch();
    expect(active).toMatchObject({ number: 1n, state: EpochState.Active, threshold: t, resultHash: resultHash('a') });
    expect(active.members).toEqual(locked.members);
    expect(await network.lockedEpoch()).toMatchObject({ number: 0n, members: [] });
  });

  test('does not begin while votes differ in any argument', async () => {
    const { chain } = network;
    await network.lock(n);
    await chain.send(network.voteCall(1, 'a'));
    await chain.send(network.voteCall(2, 'b'));
    await chain.send(network.voteCall(3, 'a', 0, 1n, rootKeys(99n)));
    expect(await network.lockedEpoch()).toMatchObject({ leadingVotes: 1, state: EpochState.NextValidatorSetLocked });
    // Only t−1 votes for 'a' can follow in a set of four; in a set of seven the rest is just enough.
    for (let i = 4; i <= n; i += 1) await chain.send(network.voteCall(i, 'a'));
    const enough = n - 3 + 1 >= t;
    expect(await network.state()).toBe(enough ? EpochState.ReadyForNextEpoch : EpochState.NextValidatorSetLocked);
    expect((await storedRootKeys()).length).toBe(enough ? 10 : 0);
  });

  test('counts a member once in each vote of an attempt, and nobody else', async () => {
    const { chain } = network;
    await network.lock(n);
    await chain.send(network.voteCall(1));
    expect(await chain.outcome(network.voteCall(1))).toBe('AlreadyVoted');
    expect(await chain.outcome(network.voteCall(1, 'b'))).toBe('AlreadyVoted');
    expect(await chain.outcome({ ...network.voteCall(1), from: network.operator(1) })).toBe('NotAMember');
    expect(await chain.outcome({ ...network.voteCall(1), from: network.user(0) })).toBe('NotAMember');
    await chain.send(network.retryCall(1));
    expect(await chain.outcome(network.retryCall(1, 1n))).toBe('AlreadyVoted');
    expect(await chain.outcome({ ...network.retryCall(1), from: network.user(0) })).toBe('NotAMember');
    expect(await network.lockedEpoch()).toMatchObject({ keyGenerationVoters: 1n, retryVoters: 1n });
  });
});

describe('arguments of a vote', () => {
  test.each([
    ['another epoch', (w: Network) => w.voteCall(1, 'a', 0, 2n), 'WrongEpoch'],
    ['no epoch', (w: Network) => w.voteCall(1, 'a', 0, 0n), 'WrongEpoch'],
    ['another attempt', (w: Network) => w.voteCall(1, 'a', 1), 'WrongAttempt'],
    ['no root keys', (w: Network) => w.voteCall(1, 'a', 0, 1n, []), 'InvalidRootKeys'],
    ['a missing root key', (w: Network) => w.voteCall(1, 'a', 0, 1n, rootKeys().slice(0, -1)), 'InvalidRootKeys'],
    [
      'a root key too many',
      (w: Network) => w.voteCall(1, 'a', 0, 1n, [...rootKeys(), { kind: 11, pubkey: `0x${'0b'.repeat(32)}` }]),
      'InvalidRootKeys',
    ],
    ['root keys out of order', (w: Network) => w.voteCall(1, 'a', 0, 1n, rootKeys().toReversed()), 'InvalidRootKeys'],
    ['retry in another epoch', (w: Network) => w.retryCall(1, 0n, 0, 2n), 'WrongEpoch'],
    ['retry of another attempt', (w: Network) => w.retryCall(1, 0n, 1), 'WrongAttempt'],
    ['blame of party 5 of 4', (w: Network) => w.retryCall(1, bitmapOfParties([5])), 'InvalidBlame'],
  ] as const)('%s is refused', async (_, call, error) => {
    await network.lock(4);
    expect(await network.chain.outcome(call(network))).toBe(error);
  });

  test.each(ROOT_KEY_BYTES.map((length, i) => [i + 1, length] as const))(
    'a root key of kind %i has exactly %i bytes',
    async (kind, length) => {
      await network.lock(4);
      for (const wrong of [length - 1, length + 1]) {
        const keys = rootKeys().with(kind - 1, { kind, pubkey: bytesToHex(new Uint8Array(wrong).fill(2)) });
        expect(await network.chain.outcome(network.voteCall(1, 'a', 0, 1n, keys))).toBe('InvalidRootKeys');
      }
    },
  );

  test('a result hash of zero is refused', async () => {
    await network.lock(4);
    const call = network.voteCall(1);
    const zero = `0x${'00'.repeat(32)}` as const;
    expect(await network.chain.outcome({ ...call, args: [1n, 0, zero, rootKeys()] })).toBe('ZeroResultHash');
  });

  test('t votes for a secp256k1 root that is not on the curve store nothing', async () => {
    await network.lock(4);
    // x = 5 is on no point of the curve.
    const keys = rootKeys().with(1, { kind: 2, pubkey: `0x02${'00'.repeat(31)}05` });
    await network.chain.send(network.voteCall(1, 'a', 0, 1n, keys));
    await network.chain.send(network.voteCall(2, 'a', 0, 1n, keys));
    expect(await network.chain.outcome(network.voteCall(3, 'a', 0, 1n, keys))).toBe('InvalidCompressedPoint');
  });
});

describe('retry', () => {
  test('starts the next attempt at t votes and makes the old votes void', async () => {
    const { chain } = network;
    await network.lock(4);
    await chain.send(network.voteCall(1));
    await chain.send(network.voteCall(2));
    await chain.send(network.retryCall(3));
    await chain.send(network.retryCall(4));
    const third = await chain.send(network.retryCall(1));
    expect(epochEvents(third.logs)).toMatchObject([
      { eventName: 'RetryVoted', epoch: 1n, attempt: 0, nodeAddress: network.node(1), blamed: 0n },
      { eventName: 'AttemptStarted', epoch: 1n, attempt: 1, excluded: 0n },
    ]);
    expect(await network.lockedEpoch()).toMatchObject({
      attempt: 1,
      keyGenerationVoters: 0n,
      retryVoters: 0n,
      leadingVotes: 0,
    });
    // One more vote would have been enough in attempt 0.
    expect(await chain.outcome(network.voteCall(3, 'a', 0))).toBe('WrongAttempt');
    await chain.send(network.voteCall(3, 'a', 1));
    expect(await network.state()).toBe(EpochState.NextValidatorSetLocked);
    await chain.send(network.voteCall(1, 'a', 1));
    await chain.send(network.voteCall(2, 'a', 1));
    expect(await network.state()).toBe(EpochState.ReadyForNextEpoch);
    await chain.send(network.advanceCall());
    expect(await network.activeEpoch()).toMatchObject({ attempt: 1 });
  });

  test('excludes whom n−t+1 of the t votes blame, and nobody whom fewer blame', async () => {
    const { chain } = network;
    await network.lock(7); // t = 5, n−t+1 = 3
    const blames = [[7, 6], [7, 6], [7], [5], []];
    for (const [i, blamed] of blames.entries()) await chain.send(network.retryCall(i + 1, bitmapOfParties(blamed)));
    const locked = await network.lockedEpoch();
    expect(partiesOfBitmap(locked.excluded)).toEqual([7]);
    expect(await chain.outcome(network.voteCall(7, 'a', 1))).toBe('MemberIsExcluded');
    // An excluded member may still vote to retry, and exclusion adds up.
    await chain.send(network.retryCall(7, 0n, 1));
    for (const i of [1, 2, 3]) await chain.send(network.retryCall(i, bitmapOfParties([2]), 1));
    await chain.send(network.retryCall(4, 0n, 1));
    expect(partiesOfBitmap((await network.lockedEpoch()).excluded)).toEqual([2, 7]);
    // The t members that are left are enough.
    for (const i of [1, 3, 4, 5, 6]) await chain.send(network.voteCall(i, 'a', 2));
    expect(await network.state()).toBe(EpochState.ReadyForNextEpoch);
  });

  test('excludes nobody any more when fewer than t would remain', async () => {
    const { chain } = network;
    await network.lock(4); // t = 3, n−t+1 = 2
    for (const i of [1, 2, 3]) await chain.send(network.retryCall(i, bitmapOfParties([4])));
    expect(partiesOfBitmap((await network.lockedEpoch()).excluded)).toEqual([4]);
    for (const i of [1, 2, 4]) await chain.send(network.retryCall(i, bitmapOfParties([3]), 1));
    expect(await network.lockedEpoch()).toMatchObject({ attempt: 2, excluded: 0n });
  });
});

describe('locking', () => {
  test('needs the minimum number of validators', async () => {
    const call = { ...network.staking, from: network.user(0), functionName: 'lockValidatorsForNextEpoch' } as const;
    expect(await network.chain.outcome(call)).toBe('NotEnoughValidators');
    await network.join(2);
    expect(await network.chain.outcome(call)).toBe('NotEnoughValidators');
    await network.fund(3);
    await network.chain.send(network.joinCall(3));
    const receipt = await network.chain.send(call);
    expect(epochEvents(receipt.logs)).toMatchObject([
      { eventName: 'StateChanged', newState: EpochState.NextValidatorSetLocked },
      { eventName: 'ValidatorSetLocked', epoch: 1n, threshold: 2, nodeAddresses: [1, 2, 3].map(network.node) },
      { eventName: 'AttemptStarted', epoch: 1n, attempt: 0, excluded: 0n },
    ]);
    expect(await network.chain.outcome(call)).toBe('WrongState');
  });

  test('takes the set as it is; later changes touch the next set only', async () => {
    await network.lock(4);
    await network.fund(5);
    await network.chain.send(network.joinCall(5));
    await network.chain.send({ ...network.staking, from: network.operator(1), functionName: 'requestToLeave' });
    const locked = await network.lockedEpoch();
    expect(locked.members.map((member) => member.operatorAddress)).toEqual([1, 2, 3, 4].map(network.operator));
    const next = await network.chain.client.readContract({ ...network.staking, functionName: 'nextValidators' });
    expect(next.map((validator) => validator.operatorAddress)).toEqual([2, 3, 4, 5].map(network.operator));
    expect(await network.chain.outcome({ ...network.voteCall(5) })).toBe('NotAMember');
    expect(await network.chain.outcome({ ...network.voteCall(1) })).toBe('ok');
  });

  test('a second time needs resharing, which is not there', async () => {
    await network.activate(4);
    const call = { ...network.staking, from: network.user(0), functionName: 'lockValidatorsForNextEpoch' } as const;
    expect(await network.chain.outcome(call)).toBe('ResharingNotAvailable');
    expect(await network.chain.outcome(network.voteCall(1))).toBe('WrongState');
    expect(await network.chain.outcome(network.retryCall(1))).toBe('WrongState');
    expect(await network.chain.outcome(network.advanceCall())).toBe('WrongState');
  });
});

describe('getActiveUnkickedValidatorStructsAndCounts', () => {
  const read = (realmId = 1n) =>
    network.chain.client.readContract({
      ...network.staking,
      functionName: 'getActiveUnkickedValidatorStructsAndCounts',
      args: [realmId],
    });

  test('lists nobody before the first epoch, with a minimum that is not zero', async () => {
    await network.lock(4);
    const [epochInfo, minNodeCount, validators] = await read();
    expect(epochInfo).toEqual({
      epochLength: 3600n,
      number: 0n,
      startTime: 0n,
      endTime: 0n,
      retries: 0n,
      timeout: 60n,
    });
    expect(minNodeCount).toBe(2n);
    expect(validators).toEqual([]);
  });

  test('lists the members of the active epoch in order of party index', async () => {
    await network.activate(4);
    const [epochInfo, minNodeCount, validators] = await read();
    const block = await network.chain.client.getBlock();
    expect(epochInfo).toMatchObject({ number: 1n, startTime: block.timestamp, endTime: block.timestamp + 3600n });
    expect(minNodeCount).toBe(3n);
    expect(validators).toHaveLength(4);
    expect(validators[1]).toEqual({
      ip: 0x7f000001,
      ipv6: 0n,
      port: 7002,
      nodeAddress: network.node(2),
      reward: 0n,
      senderPubKey: 1002n,
      receiverPubKey: 2002n,
      operatorAddress: network.operator(2),
      endpoint: 'http://127.0.0.1:7002',
      meshEndpoint: '127.0.0.1:8002',
    });
  });

  test('knows one realm', async () => {
    await expect(read(2n)).rejects.toThrow(/UnknownRealm/);
  });
});
