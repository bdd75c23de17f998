import { parseEther, parseEventLogs } from 'viem';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { stakingAbi } from '../src/index.ts';
import { type JoinFields, type Network, STAKE, startNetwork } from './network.ts';

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

const call = (i: number, functionName: 'requestToJoin' | 'requestToLeave' | 'withdrawStake') =>
  ({ ...network.staking, from: network.operator(i), functionName }) as const;
const balanceOf = (i: number) =>
  network.chain.client.readContract({ ...network.token, functionName: 'balanceOf', args: [network.operator(i)] });
const stakeOf = (i: number) =>
  network.chain.client.readContract({ ...network.staking, functionName: 'stakeOf', args: [network.operator(i)] });
const nextOperators = async () => {
  const next = await network.chain.client.readContract({ ...network.staking, functionName: 'nextValidators' });
  return next.map((validator) => validator.operatorAddress);
};

describe('stakeAndJoin', () => {
  test('takes the stake and shows the operator in the next set', async () => {
    await network.fund(1);
    const before = await balanceOf(1);
    const receipt = await network.chain.send(network.joinCall(1, { amount: STAKE + 1n }));
    expect(before - (await balanceOf(1))).toBe(STAKE + 1n);
    expect(await stakeOf(1)).toBe(STAKE + 1n);
    expect(await nextOperators()).toEqual([network.operator(1)]);
    expect(parseEventLogs({ abi: stakingAbi, logs: receipt.logs })).toMatchObject([
      {
        eventName: 'ValidatorJoined',
        args: { operator: network.operator(1), nodeAddress: network.node(1), stake: STAKE + 1n },
      },
    ]);
  });

  test('fails without tokens or allowance', async () => {
    expect(await network.chain.outcome(network.joinCall(1))).toBe('ERC20InsufficientAllowance');
  });

  test.each([
    ['too little stake', { amount: STAKE - 1n }, 'StakeTooLow'],
    ['no node account', { nodeAddress: `0x${'00'.repeat(20)}` }, 'ZeroIdentity'],
    ['no mesh identity', { senderPubKey: 0n }, 'ZeroIdentity'],
    ['no sealing key', { receiverPubKey: 0n }, 'ZeroIdentity'],
    ['no endpoint', { endpoint: '' }, 'InvalidEndpoint'],
    ['no mesh endpoint', { meshEndpoint: '' }, 'InvalidEndpoint'],
    ['an endpoint of 257 bytes', { endpoint: 'x'.repeat(257) }, 'InvalidEndpoint'],
    ['a mesh endpoint of 257 bytes', { meshEndpoint: 'x'.repeat(257) }, 'InvalidEndpoint'],
    ['an endpoint of 256 bytes', { endpoint: 'x'.repeat(256) }, 'ok'],
  ] as const)('%s: %s', async (_, changed, outcome) => {
    await network.fund(1);
    expect(await network.chain.outcome(network.joinCall(1, changed))).toBe(outcome);
  });

  test('wants an operator, a node account and keys that nobody else has', async () => {
    await network.join(1);
    await network.fund(2);
    const outcome = (changed: JoinFields) => network.chain.outcome(network.joinCall(2, changed));
    expect(await network.chain.outcome(network.joinCall(1))).toBe('AlreadyStaked');
    expect(await outcome({ nodeAddress: network.node(1) })).toBe('NodeAddressTaken');
    expect(await outcome({ senderPubKey: 1001n })).toBe('SenderPubKeyTaken');
    expect(await outcome({ receiverPubKey: 2001n })).toBe('ReceiverPubKeyTaken');
    // The two kinds of key are on different curves and may be equal as numbers.
    expect(await outcome({ senderPubKey: 2001n })).toBe('ok');
  });
});

describe('leaving', () => {
  test('keeps the order of the others, and coming back means the end of the line', async () => {
    await network.join(4);
    await network.chain.send(call(2, 'requestToLeave'));
    expect(await nextOperators()).toEqual([1, 3, 4].map(network.operator));
    expect(await network.chain.outcome(call(2, 'requestToLeave'))).toBe('NotInNextValidatorSet');
    await network.chain.send(call(2, 'requestToJoin'));
    expect(await nextOperators()).toEqual([1, 3, 4, 2].map(network.operator));
    expect(await network.chain.outcome(call(2, 'requestToJoin'))).toBe('AlreadyInNextValidatorSet');
  });

  test('pays the stake back once, and frees the identities', async () => {
    await network.join(2);
    const before = await balanceOf(1);
    expect(await network.chain.outcome(call(1, 'withdrawStake'))).toBe('StillInNextValidatorSet');
    await network.chain.send(call(1, 'requestToLeave'));
    await network.chain.send(call(1, 'withdrawStake'));
    expect((await balanceOf(1)) - before).toBe(STAKE);
    expect(await stakeOf(1)).toBe(0n);
    expect(await network.chain.outcome(call(1, 'withdrawStake'))).toBe('NotStaked');
    expect(await network.chain.outcome(call(1, 'requestToJoin'))).toBe('NotStaked');
    await network.chain.send(network.joinCall(1));
    expect(await nextOperators()).toEqual([2, 1].map(network.operator));
  });

  test('does not release the stake of a member of the locked or active epoch', async () => {
    await network.lock(4);
    await network.chain.send(call(1, 'requestToLeave'));
    expect(await network.chain.outcome(call(1, 'withdrawStake'))).toBe('StakeIsLocked');
    for (const i of [2, 3, 4]) await network.chain.send(network.voteCall(i));
    expect(await network.chain.outcome(call(1, 'withdrawStake'))).toBe('StakeIsLocked');
    await network.chain.send(network.advanceCall());
    expect(await network.chain.outcome(call(1, 'withdrawStake'))).toBe('StakeIsLocked');
  });

  test('is not for strangers', async () => {
    expect(await network.chain.outcome(call(1, 'requestToLeave'))).toBe('NotInNextValidatorSet');
    expect(await network.chain.outcome(call(1, 'requestToJoin'))).toBe('NotStaked');
    expect(await network.chain.outcome(call(1, 'withdrawStake'))).toBe('NotStaked');
  });
});

describe('the token', () => {
  const faucet = (i: number) => ({ ...network.token, from: network.user(i), functionName: 'faucet' }) as const;

  test('has a faucet with a cooldown on test networks', async () => {
    await network.chain.send(faucet(0));
    const balance = () =>
      network.chain.client.readContract({ ...network.token, functionName: 'balanceOf', args: [network.user(0)] });
    expect(await balance()).toBe(parseEther('10000'));
    expect(await network.chain.outcome(faucet(0))).toBe('FaucetCoolingDown');
    expect(await network.chain.outcome(faucet(1))).toBe('ok');
    await network.chain.client.increaseTime({ seconds: 3500 });
    await network.chain.client.mine({ blocks: 1 });
    expect(await network.chain.outcome(faucet(0))).toBe('FaucetCoolingDown');
    await network.chain.client.increaseTime({ seconds: 101 });
    await network.chain.client.mine({ blocks: 1 });
    await network.chain.send(faucet(0));
    expect(await balance()).toBe(parseEther('20000'));
  });

  test('has none elsewhere, and gives the first supply to the owner', async () => {
    const other = await startNetwork({ faucetEnabled: false, initialSupply: 5n });
    try {
      const read = other.chain.client.readContract;
      expect(await other.chain.outcome({ ...other.token, from: other.user(0), functionName: 'faucet' })).toBe(
        'FaucetDisabled',
      );
      expect(await read({ ...other.token, functionName: 'faucetEnabled' })).toBe(false);
      expect(await read({ ...other.token, functionName: 'totalSupply' })).toBe(5n);
      expect(await read({ ...other.token, functionName: 'balanceOf', args: [other.account(0)] })).toBe(5n);
    } finally {
      await other.stop();
    }
  });
});
