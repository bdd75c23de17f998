import { toHex } from '@keymesh/foundation';
import { ROOT_KEY_NAMES, ROOT_KEYS } from '@keymesh/threshold';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ViemChain } from '../../src/chain/viem-chain.ts';
import { systemClock } from '../../src/composition/platform.ts';
import { dealEpoch } from '../requests/dealt-epoch.ts';
import { codeOf, errorOf } from '../requests/expectations.ts';
import { freePort } from './anvil.ts';
import { accountOf, type DeployedNetwork, deployNetwork, nodeAccount } from './deployed-network.ts';
import { type FollowedChain, followAs } from './followed-chain.ts';
import { RpcProxy, rpcError, SILENCE } from './rpc-proxy.ts';

const dealt = dealEpoch(4, 3);
const rootKeys = ROOT_KEY_NAMES.map((name) => ({ name, publicKey: dealt.rootPublicKey(name) }));
const resultHash = new Uint8Array(32).fill(0x4b);
const vote = { epoch: 1, attempt: 0, resultHash, rootKeys };

let network: DeployedNetwork;
let undo: `0x${string}`;
const following: ViemChain[] = [];

beforeAll(async () => {
  network = await deployNetwork();
  for (const party of [1, 2, 3, 4]) await network.join(party);
}, 60_000);
afterAll(() => network.stop());
beforeEach(async () => {
  undo = await network.client.snapshot();
});
afterEach(async () => {
  for (const chain of following.splice(0)) chain.stop();
  await network.client.revert({ id: undo });
});

async function follow(party = 1, rpcUrl = network.rpcUrl, pollIntervalMs?: number): Promise<FollowedChain> {
  const followed = await followAs(party, { ...network, rpcUrl }, pollIntervalMs);
  following.push(followed.chain);
  return followed;
}

async function activate(): Promise<FollowedChain[]> {
  await network.lock();
  const members = await Promise.all([1, 2, 3].map((party) => follow(party)));
  for (const { chain } of members) await chain.voteKeyGeneration(vote);
  await (members[0] as FollowedChain).chain.advanceEpoch();
  return members;
}

describe('connecting', () => {
  const connect = (rpcUrl: string, directory: string) =>
    ViemChain.connect(
      { rpcUrl, directory, pollIntervalMs: 20 },
      { account: nodeAccount(1), clock: systemClock, onSnapshot: () => {}, onTrouble: () => {} },
    );

  it('to nobody fails at once, with a typed error that does not hold the address', async () => {
    const port = await freePort();
    const began = performance.now();
    const error = await errorOf(() => connect(`http://127.0.0.1:${port}/credential`, network.contracts.Directory));
    expect(error.code).toBe('chain/unreachable');
    expect(JSON.stringify(error)).not.toContain('credential');
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it('to a chain without the contracts says so', async () => {
    const nothing = `0x${'12'.repeat(20)}`;
    expect(await codeOf(() => connect(network.rpcUrl, nothing))).toBe('chain/unexpected-data');
  });
});

describe('a whole epoch', () => {
  it('is seen step by step', async () => {
    const one = await follow(1);
    one.chain.start();
    const before = await one.until(() => true);
    expect([before.pending, before.active]).toEqual([undefined, undefined]);
    expect(before.chainId).toBe(31_337);

    await network.lock();
    const locked = await one.until(({ pending }) => pending !== undefined);
    expect(locked.pending).toMatchObject({ attempt: 0, excluded: [], retryVoters: [], resultVoters: [], ready: false });
    const { committee } = locked.pending as NonNullable<typeof locked.pending>;
    expect([committee.epoch, committee.threshold]).toEqual([1, 3]);
    expect(committee.members.map(({ party }) => party)).toEqual([1, 2, 3, 4]);
    const second = committee.members[1] as (typeof committee.members)[number];
    expect(second).toMatchObject({
      nodeAddress: nodeAccount(2).address.toLowerCase(),
      endpoint: 'http://127.0.0.1:7002',
      meshEndpoint: '127.0.0.1:8002',
    });
    expect(toHex(second.meshIdentity)).toBe((1_002).toString(16).padStart(64, '0'));
    expect(toHex(second.sealingKey)).toBe((2_002).toString(16).padStart(64, '0'));

    const [two, three] = [await follow(2), await follow(3)];
    for (const { chain } of [one, two]) await chain.voteRetry({ epoch: 1, attempt: 0, blamed: [4] });
    await one.until(({ pending }) => pending?.retryVoters.length === 2);
    await three.chain.voteRetry({ epoch: 1, attempt: 0, blamed: [] });
    const again = await one.until(({ pending }) => pending?.attempt === 1);
    expect(again.pending).toMatchObject({ excluded: [4], retryVoters: [] });

    for (const { chain } of [one, two, three]) await chain.voteKeyGeneration({ ...vote, attempt: 1 });
    const ready = await one.until(({ pending }) => pending?.ready === true);
    expect(ready.pending?.resultVoters).toEqual([1, 2, 3]);
    await two.chain.advanceEpoch();
    const active = await one.until((snapshot) => snapshot.active !== undefined);
    expect(active.pending).toBeUndefined();
    expect(active.active).toMatchObject({ attempt: 1, excluded: [4], resultHash });
    expect(active.active?.rootKeys).toEqual(
      [...rootKeys].sort((a, b) => ROOT_KEYS[a.name].kind - ROOT_KEYS[b.name].kind),
    );
    expect(one.chain.latest).toEqual(one.snapshots.at(-1));
    expect(one.troubles).toEqual([]);
  });

  it('is the same for a node that comes later', async () => {
    await activate();
    const late = await follow(4);
    late.chain.start();
    const first = await late.until(() => true);
    expect(first.active?.resultHash).toEqual(resultHash);
  });
});

describe('a refusal of the contract', () => {
  it('has its name, costs nothing, and lets the next transaction through', async () => {
    await network.lock();
    const { chain } = await follow(1);
    await chain.voteKeyGeneration(vote);
    const balance = await network.client.getBalance({ address: nodeAccount(1).address });
    const cases: [() => Promise<void>, string][] = [
      [() => chain.voteKeyGeneration(vote), 'AlreadyVoted'],
      [() => chain.voteKeyGeneration({ ...vote, epoch: 2 }), 'WrongEpoch'],
      [() => chain.voteKeyGeneration({ ...vote, attempt: 3 }), 'WrongAttempt'],
      [() => chain.voteKeyGeneration({ ...vote, resultHash: new Uint8Array(32) }), 'ZeroResultHash'],
      [() => chain.advanceEpoch(), 'WrongState'],
    ];
    for (const [send, name] of cases) {
      const error = await errorOf(send);
      expect([error.code, error.details]).toEqual(['chain/reverted', { revert: name }]);
      expect(error.message).toContain(name);
    }
    expect(await network.client.getBalance({ address: nodeAccount(1).address })).toBe(balance);
    await chain.voteRetry({ epoch: 1, attempt: 0, blamed: [] });
  });

  it('of a contract behind the one that was called has its name too', async () => {
    await network.lock();
    const votes = [1, 2, 3].map(async (party) => (await follow(party)).chain);
    const [one, two, three] = (await Promise.all(votes)) as [ViemChain, ViemChain, ViemChain];
    const bad = { ...vote, rootKeys: rootKeys.slice(1) };
    const outcomes: string[] = [];
    for (const chain of [one, two, three])
      outcomes.push(
        await chain.voteKeyGeneration(bad).then(
          () => 'ok',
          (error) => error.details.revert,
        ),
      );
    expect(outcomes).toContain('InvalidRootKeys');
  });

  it('of a stranger', async () => {
    await network.lock();
    const stranger = await ViemChain.connect(
      { rpcUrl: network.rpcUrl, directory: network.contracts.Directory, pollIntervalMs: 20 },
      { account: accountOf(20), clock: systemClock, onSnapshot: () => {}, onTrouble: () => {} },
    );
    expect((await errorOf(() => stranger.voteKeyGeneration(vote))).details).toEqual({ revert: 'NotAMember' });
  });
});

describe('transactions', () => {
  it('go one after another: each is simulated after the one before it is mined', async () => {
    await network.lock();
    const { chain } = await follow(1);
    const outcomes = await Promise.allSettled([
      chain.voteKeyGeneration(vote),
      chain.voteKeyGeneration(vote),
      chain.voteRetry({ epoch: 1, attempt: 0, blamed: [2] }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await network.client.getTransactionCount({ address: nodeAccount(1).address })).toBe(2);
  });

  it('need an account that can pay, and say so', async () => {
    await network.lock();
    const { chain } = await follow(4);
    await network.client.setBalance({ address: nodeAccount(4).address, value: 1n });
    const error = await errorOf(() => chain.voteKeyGeneration(vote));
    expect(error.code).toBe('chain/insufficient-funds');
  });
});

describe('keys', () => {
  it('have an id and permitted wallets', async () => {
    const [{ chain }] = (await activate()) as [FollowedChain];
    const [owner, friend] = [accountOf(20).address.toLowerCase(), accountOf(21).address.toLowerCase()];
    const tokenId = await network.mint(20);
    const keyId = await chain.keyIdOf(tokenId);
    expect(keyId).toHaveLength(32);
    expect(await chain.keyIdOf(tokenId)).toBe(keyId);
    expect(await chain.isPermittedAddress(tokenId, owner)).toBe(true);
    expect(await chain.isPermittedAddress(tokenId, friend)).toBe(false);
    await network.permit(20, tokenId, accountOf(21).address);
    expect(await chain.isPermittedAddress(tokenId, friend)).toBe(true);
    expect(await codeOf(() => chain.keyIdOf(tokenId + 1n))).toBe('permissions/unknown-token');
    expect(await chain.isPermittedAddress(tokenId + 1n, owner)).toBe(false);
  });
});

describe('following', () => {
  let proxy: RpcProxy;
  beforeEach(async () => {
    proxy = await RpcProxy.start(network.rpcUrl);
  });
  afterEach(() => proxy.stop());

  it('reads the state anew for every block, and for no block twice', async () => {
    const one = await follow(1);
    one.chain.start();
    await one.until(() => true);
    await network.client.mine({ blocks: 1 });
    await one.until(({ block }) => block.number === (one.snapshots[0]?.block.number ?? 0n) + 1n);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(one.snapshots.map(({ block }) => block.number - (one.snapshots[0]?.block.number ?? 0n))).toEqual([0n, 1n]);
  });

  it('reads another block of the same height, and what changed with it', async () => {
    const one = await follow(1);
    const fork = await network.client.snapshot();
    await network.lock();
    one.chain.start();
    const first = await one.until(({ pending }) => pending !== undefined);
    await network.client.revert({ id: fork });
    await network.client.increaseTime({ seconds: 100 });
    await network.client.mine({ blocks: 1 });
    const other = await one.until(
      ({ block }) => block.hash !== first.block.hash && block.number === first.block.number,
    );
    expect(other.pending).toBeUndefined();
    expect(one.chain.latest).toBe(other);
  });

  it('gives a snapshot again that could not be taken in, and reports why in its own words', async () => {
    const one = await follow(1);
    let failures = 2;
    one.onSnapshot = () => {
      if (failures-- > 0) throw new TypeError('of ours');
    };
    one.chain.start();
    await one.until(() => true);
    expect(one.troubles.map(({ code }) => code)).toEqual(['bug/unexpected', 'bug/unexpected']);
    expect(one.snapshots).toHaveLength(1);
  });

  it('never looks twice at the same time, however slow the chain is and however often it is started', async () => {
    const one = await follow(1, proxy.url, 1);
    proxy.delayMs = 30;
    one.chain.start();
    one.chain.start();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(proxy.atOnceMax.get('eth_getBlockByNumber')).toBe(1);
  });

  it('hands out nothing after stop, also of a look that is under way', async () => {
    const one = await follow(1, proxy.url, 1);
    proxy.delayMs = 50;
    one.chain.start();
    await expect.poll(() => proxy.calls.some(({ method }) => method === 'eth_getBlockByNumber')).toBe(true);
    one.chain.stop();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const calls = proxy.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([one.snapshots, one.troubles, proxy.calls.length - calls]).toEqual([[], [], 0]);
  });

  it('goes on after a failure, and never repeats what the endpoint said', async () => {
    const one = await follow(1, proxy.url);
    const words = `quota of ${proxy.url} is used up`;
    const failures: unknown[] = [rpcError(-32_603, words), rpcError(-32_005, words), words, { result: 'credential' }];
    proxy.interfere = ({ method }) => (method === 'eth_getBlockByNumber' ? undefined : failures.shift());
    one.chain.start();
    await one.until(() => true);
    expect(one.troubles.length).toBeGreaterThan(0);
    expect(new Set(one.troubles.map(({ code }) => code))).toEqual(new Set(['chain/unreachable']));
    expect(JSON.stringify(one.troubles)).not.toContain('credential');
  });

  it('makes a request wait for a silent chain for a few seconds only', async () => {
    const { chain } = await follow(1, proxy.url);
    proxy.interfere = () => SILENCE;
    const began = performance.now();
    expect(await codeOf(() => chain.keyIdOf(1n))).toBe('chain/unreachable');
    expect(performance.now() - began).toBeLessThan(6_000);
  });
});
