import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Address, TransactionReceipt } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CONTRACT_NAMES, KEY_SET_ID, pkpNftAbi, pkpPermissionsAbi, VOTE_GAS_LIMITS } from '../src/index.ts';
import { type Network, STAKE, startNetwork } from './network.ts';

/** Gas by operation. `UPDATE_SNAPSHOTS=1` writes it anew; review the difference before committing. */
const SNAPSHOT = path.join(import.meta.dirname, '..', 'snapshots', 'gas.json');
/** Change that is not worth a word, as a fraction: calldata with more or fewer zero bytes. */
const TOLERANCE = 0.01;
/** What a mint may cost, so that it fits in a transaction that wallets do not question. */
const MINT_GAS_MAX = 600_000;
/** Most validators of a set, and the gas that any transaction about them may take (EIP-7825). */
const VALIDATORS_MAX = 100;
const TRANSACTION_GAS_MAX = 2 ** 24;

const measured: Record<string, number> = {};
const record = (name: string, receipt: Pick<TransactionReceipt, 'gasUsed'>) => {
  measured[name] = Number(receipt.gasUsed);
};

let small: Network;
let large: Network;
beforeAll(async () => {
  small = await startNetwork();
  large = await startNetwork();
});
afterAll(() => Promise.all([small.stop(), large.stop()]));

test('deployment', async () => {
  for (const [i, name] of CONTRACT_NAMES.entries()) {
    record(`deploy ${name}`, await small.chain.client.getBlock({ blockNumber: BigInt(i + 1) }));
  }
});

test('the life of a small network', async () => {
  const { chain, staking, contracts } = small;
  await small.join(3);
  await small.fund(4);
  record('stakeAndJoin', await chain.send(small.joinCall(4)));
  const lock = { ...staking, from: small.account(0), functionName: 'lockValidatorsForNextEpoch' } as const;
  record('lockValidatorsForNextEpoch, 4 validators', await chain.send(lock));
  record('voteRetry, first', await chain.send(small.retryCall(1)));
  record('voteKeyGeneration, first', await chain.send(small.voteCall(1)));
  record('voteKeyGeneration, second', await chain.send(small.voteCall(2)));
  record('voteKeyGeneration, third and last', await chain.send(small.voteCall(3)));
  record('advanceEpoch', await chain.send(small.advanceCall()));

  const nft = { address: contracts.PKPNFT, abi: pkpNftAbi } as const;
  const user = small.user(0);
  const mint = { ...nft, from: user, functionName: 'mintNext', args: [2n, KEY_SET_ID] } as const;
  record('mintNext, first of an account', await chain.send(mint));
  record('mintNext, another', await chain.send(mint));
  const list = { ...nft, functionName: 'tokenOfOwnerByIndex', args: [user, 0n] } as const;
  const tokenId = await chain.client.readContract(list);
  const permissions = { address: contracts.PKPPermissions, abi: pkpPermissionsAbi, from: user } as const;
  const args = [tokenId, small.user(1), [1n]] as const;
  record('addPermittedAddress', await chain.send({ ...permissions, functionName: 'addPermittedAddress', args }));
  const actionArgs = [tokenId, `0x1220${'ab'.repeat(32)}`, [1n]] as const;
  record(
    'addPermittedAction',
    await chain.send({ ...permissions, functionName: 'addPermittedAction', args: actionArgs }),
  );
  const login = { authMethodType: 6n, id: `0x${'cd'.repeat(32)}`, userPubkey: '0x' } as const;
  const loginArgs = [tokenId, login, [1n]] as const;
  record(
    'addPermittedAuthMethod',
    await chain.send({ ...permissions, functionName: 'addPermittedAuthMethod', args: loginArgs }),
  );
  const bindArgs = [2n, KEY_SET_ID, `0x1220${'ab'.repeat(32)}`] as const;
  record(
    'mintGrantAndBurnNext',
    await chain.send({ ...nft, from: user, functionName: 'mintGrantAndBurnNext', args: bindArgs }),
  );
  const transferArgs = [user, small.user(2), tokenId] as const;
  record('transferFrom', await chain.send({ ...nft, from: user, functionName: 'transferFrom', args: transferArgs }));
  expect(measured['mintNext, first of an account']).toBeLessThan(MINT_GAS_MAX);
});

test('the largest network that is allowed', async () => {
  const { chain, staking, token, contracts } = large;
  const { client } = chain;
  const everyone = (1n << BigInt(VALIDATORS_MAX)) - 1n;
  const operators = Array.from(
    { length: VALIDATORS_MAX + 1 },
    (_, i): Address => `0x${(i + 1).toString(16).padStart(40, 'c')}`,
  );
  for (const [i, from] of operators.entries()) {
    await client.impersonateAccount({ address: from });
    await client.setBalance({ address: from, value: 10n ** 20n });
    await chain.send({ ...token, from, functionName: 'faucet' });
    await chain.send({ ...token, from, functionName: 'approve', args: [contracts.Staking, STAKE] });
    // An operator may vote from its own account.
    const join = {
      ...large.joinCall(1, { nodeAddress: from, senderPubKey: BigInt(i + 1), receiverPubKey: BigInt(i + 1) }),
      from,
    };
    if (i === VALIDATORS_MAX) expect(await chain.outcome(join)).toBe('TooManyValidators');
    else await chain.send(join);
  }
  const lock = { ...staking, from: large.account(0), functionName: 'lockValidatorsForNextEpoch' } as const;
  record('lockValidatorsForNextEpoch, 100 validators', await chain.send(lock));
  const { threshold, members } = await large.lockedEpoch();
  expect([threshold, members.length]).toEqual([67, VALIDATORS_MAX]);
  for (const [i, from] of operators.slice(0, threshold).entries()) {
    const receipt = await chain.send({ ...large.retryCall(1, everyone), from });
    if (i === threshold - 1) record('voteRetry, last of 67, each blames all 100', receipt);
  }
  expect(await large.lockedEpoch()).toMatchObject({ attempt: 1, excluded: 0n });
  for (const from of operators.slice(VALIDATORS_MAX - threshold, VALIDATORS_MAX)) {
    const receipt = await chain.send({ ...large.voteCall(1, 'a', 1), from });
    record('voteKeyGeneration, last of 67', receipt);
  }
  await chain.send(large.advanceCall());
  expect((await large.activeEpoch()).members).toHaveLength(VALIDATORS_MAX);
  const leave = { ...staking, functionName: 'requestToLeave' } as const;
  record('requestToLeave, first of 100', await chain.send({ ...leave, from: operators[0]! }));
}, 180_000);

test('the limits for votes cover the costliest vote', () => {
  const costliest = (vote: string) =>
    Math.max(...Object.entries(measured).flatMap(([name, gas]) => (name.startsWith(`${vote},`) ? [gas] : [])));
  for (const [vote, limit] of Object.entries(VOTE_GAS_LIMITS)) {
    expect(costliest(vote) * 1.25, vote).toBeLessThan(Number(limit));
    expect(costliest(vote), vote).toBeGreaterThan(0);
  }
});

test('nothing costs more or less than the snapshot says', () => {
  for (const [name, gas] of Object.entries(measured)) expect(gas, name).toBeLessThan(TRANSACTION_GAS_MAX);
  if (process.env.UPDATE_SNAPSHOTS === '1') {
    writeFileSync(SNAPSHOT, `${JSON.stringify(measured, null, 2)}\n`);
    return;
  }
  const snapshot: Record<string, number> = JSON.parse(readFileSync(SNAPSHOT, 'utf8'));
  expect(Object.keys(measured).sort()).toEqual(Object.keys(snapshot).sort());
  const changed = Object.entries(measured).filter(([name, gas]) => {
    const before = snapshot[name] ?? 0;
    return Math.abs(gas - before) > before * TOLERANCE;
  });
  expect(changed.map(([name, gas]) => `${name}: ${snapshot[name]} → ${gas}`)).toEqual([]);
});
