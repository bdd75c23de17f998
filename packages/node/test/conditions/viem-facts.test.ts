import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keymeshTokenAbi } from '@keymesh/contracts';
import { type FactAnswer, type FactRequest, factKey } from '@keymesh/protocol/conditions';
import { type Address, encodeFunctionData, type Hex } from 'viem';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBoundedFetch } from '../../src/conditions/bounded-fetch.ts';
import { ENDPOINT_REST_MS, FACT_ANSWER_BYTES_MAX } from '../../src/conditions/limits.ts';
import { type ChainTable, createViemFactSource } from '../../src/conditions/viem-facts.ts';
import { freePort } from '../chain/anvil.ts';
import { accountOf, type DeployedNetwork, deployNetwork } from '../chain/deployed-network.ts';
import { type RpcCall, RpcProxy, rpcError, SILENCE } from '../chain/rpc-proxy.ts';
import { VirtualClock } from '../mesh/virtual-clock.ts';
import { codeOf, errorOf } from '../requests/expectations.ts';
import { offchainLookup, returningZeros, revertingWith } from './hostile-contracts.ts';

const CHAIN_ID = 31_337;
const rich = accountOf(25).address.toLowerCase() as Address;
const contract: Address = `0x${'c0'.repeat(20)}`;
const clock = new VirtualClock();

const balance: FactRequest = { kind: 'balance', chain: 'local', address: rich };
const timestamp: FactRequest = { kind: 'timestamp', chain: 'local' };
const callTo = (to: Address, data: Hex = '0x'): FactRequest => ({ kind: 'call', chain: 'local', to, data });

let network: DeployedNetwork;
let proxy: RpcProxy;

beforeAll(async () => {
  network = await deployNetwork();
}, 60_000);
afterAll(() => network.stop());
beforeEach(async () => {
  proxy = await RpcProxy.start(network.rpcUrl);
});
afterEach(() => proxy.stop());

const sourceOf = (...rpcUrls: string[]) => sourceWith(1, ...rpcUrls);
const sourceWith = (quorum: number, ...rpcUrls: string[]) =>
  createViemFactSource({ local: { chainId: CHAIN_ID, rpcUrls, quorum } }, { clock });

async function factOf(request: FactRequest, ...rpcUrls: string[]): Promise<FactAnswer | undefined> {
  const { answers } = await sourceOf(...rpcUrls).read([request]);
  return answers.get(factKey(request));
}

const hashOf = ({ local }: { readonly local?: { readonly hash: string } }): string => local?.hash ?? 'none';

describe('facts', () => {
  it('are what the chain says at the block that is named', async () => {
    await network.send(0, {
      ...{ address: network.contracts.KeymeshToken, abi: keymeshTokenAbi },
      functionName: 'faucet',
    });
    const data = encodeFunctionData({
      abi: keymeshTokenAbi,
      functionName: 'balanceOf',
      args: [accountOf(0).address],
    });
    const tokens = callTo(network.contracts.KeymeshToken, data);
    const block = await network.client.getBlock();
    const { answers, blocks } = await sourceOf(network.rpcUrl).read([balance, timestamp, tokens]);
    expect(blocks).toEqual({ local: { number: Number(block.number), hash: block.hash } });
    expect(answers.get(factKey(balance))).toEqual({ kind: 'balance', wei: 10_000n * 10n ** 18n });
    expect(answers.get(factKey(timestamp))).toEqual({ kind: 'timestamp', seconds: block.timestamp });
    const returned = answers.get(factKey(tokens)) as { returnData: Hex };
    expect(BigInt(returned.returnData)).toBeGreaterThan(0n);
  });

  it('are all of one block, also while blocks are mined', async () => {
    proxy.interfere = async ({ method }) => {
      if (method === 'eth_getBalance') await network.client.mine({ blocks: 1 });
      return undefined;
    };
    const { blocks } = await sourceOf(proxy.url).read([balance, callTo(contract)]);
    const asked = proxy.calls.filter(({ method }) => method === 'eth_getBalance' || method === 'eth_call');
    expect(asked).toHaveLength(2);
    for (const { params } of asked) expect(JSON.stringify(params[1])).toContain(hashOf(blocks));
  });

  it('of a contract that reverts are an answer, and an empty one where there is no contract', async () => {
    await network.client.setCode({ address: contract, bytecode: revertingWith('0x12345678') });
    expect(await factOf(callTo(contract), network.rpcUrl)).toEqual({ kind: 'reverted' });
    await network.client.setCode({ address: contract, bytecode: revertingWith('0x') });
    expect(await factOf(callTo(contract), network.rpcUrl)).toEqual({ kind: 'reverted' });
    expect(await factOf(callTo(`0x${'ee'.repeat(20)}`), network.rpcUrl)).toEqual({ kind: 'call', returnData: '0x' });
  });

  it('of no chains cost nothing', async () => {
    expect(await sourceOf(proxy.url).read([])).toEqual({ answers: new Map(), blocks: {} });
    expect(proxy.calls).toEqual([]);
  });

  it('about a chain that the operator does not know are refused before anything is asked', async () => {
    const unknown = { ...balance, chain: 'constructor' };
    const error = await errorOf(() => sourceOf(proxy.url).read([balance, unknown]));
    expect([error.code, error.details]).toEqual(['conditions/unknown-chain', { chain: 'constructor' }]);
    expect(error.hint).toContain('local');
    expect(proxy.calls).toEqual([]);
  });
});

describe('a contract of a stranger', () => {
  it('cannot send the node to an address of its choice', async () => {
    let visits = 0;
    const trap = createServer((_request, response) => {
      visits += 1;
      response.end('{"data":"0x"}');
    });
    trap.listen(0, '127.0.0.1');
    await once(trap, 'listening');
    const url = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/{sender}/{data}`;
    await network.client.setCode({ address: contract, bytecode: offchainLookup(contract, url) });
    expect(await factOf(callTo(contract), network.rpcUrl)).toEqual({ kind: 'reverted' });
    trap.close();
    expect(visits).toBe(0);
  });

  it('cannot fill the memory with its answer', async () => {
    await network.client.setCode({ address: contract, bytecode: returningZeros(1_000) });
    expect(await factOf(callTo(contract), network.rpcUrl)).toMatchObject({ kind: 'call' });
    await network.client.setCode({ address: contract, bytecode: returningZeros(300_000) });
    const error = await errorOf(() => factOf(callTo(contract), network.rpcUrl));
    expect([error.code, error.details]).toEqual(['chain/unexpected-data', { bytesMax: FACT_ANSWER_BYTES_MAX }]);
  });
});

describe('endpoints', () => {
  it('of another chain are not believed, first or later', async () => {
    const chains: ChainTable = { local: { chainId: 1, rpcUrls: [network.rpcUrl], quorum: 1 } };
    const wrong = createViemFactSource(chains, { clock });
    expect(await codeOf(() => wrong.read([balance]))).toBe('chain/wrong-chain');

    const other = await RpcProxy.start(network.rpcUrl);
    other.interfere = ({ method }) => (method === 'eth_chainId' ? { result: '0x1' } : undefined);
    proxy.interfere = () => rpcError(-32_000, 'down');
    // The first is down and the second serves another chain: nothing is decided.
    expect(await codeOf(() => factOf(balance, proxy.url, other.url))).toBe('chain/unreachable');
    expect(await factOf(balance, other.url, network.rpcUrl)).toMatchObject({ kind: 'balance' });
    expect(other.calls.map(({ method }) => method)).not.toContain('eth_getBalance');
    await other.stop();
  });

  it('take over from one another as a whole: no fact of one with the block of another', async () => {
    proxy.interfere = ({ method }) => (method === 'eth_getBalance' ? rpcError(-32_000, 'header not found') : undefined);
    const second = await RpcProxy.start(network.rpcUrl);
    const { blocks } = await sourceOf(proxy.url, second.url).read([balance, timestamp]);
    expect(second.calls.map(({ method }) => method)).toEqual(['eth_chainId', 'eth_getBlockByNumber', 'eth_getBalance']);
    expect(JSON.stringify(second.calls.at(-1)?.params)).toContain(hashOf(blocks));
    await second.stop();
  });

  it('that failed rest for a moment, and are asked first again afterwards', async () => {
    const source = sourceOf(proxy.url, network.rpcUrl);
    proxy.interfere = () => rpcError(-32_000, 'down');
    await source.read([balance]);
    proxy.interfere = () => undefined;
    const before = proxy.calls.length;
    await source.read([balance]);
    expect(proxy.calls.length).toBe(before);
    clock.advance(ENDPOINT_REST_MS);
    await source.read([balance]);
    expect(proxy.calls.length).toBeGreaterThan(before);
  });

  it('that do not listen give a typed error at once, without their address', async () => {
    const url = `http://127.0.0.1:${await freePort()}/credential`;
    const began = performance.now();
    const error = await errorOf(() => factOf(balance, url));
    expect(error.code).toBe('chain/unreachable');
    expect(JSON.stringify(error)).not.toContain('credential');
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('that never answer give one within seconds', async () => {
    proxy.interfere = () => SILENCE;
    const began = performance.now();
    expect(await codeOf(() => factOf(balance, proxy.url))).toBe('chain/unreachable');
    expect(performance.now() - began).toBeLessThan(6_000);
  });

  it('are checked for their chain again after a failure', async () => {
    const source = sourceOf(proxy.url);
    proxy.interfere = () => rpcError(-32_000, 'down');
    expect(await codeOf(() => source.read([balance]))).toBe('chain/unreachable');
    proxy.interfere = () => undefined;
    await source.read([balance]);
    await source.read([balance]);
    expect(proxy.calls.filter(({ method }) => method === 'eth_chainId')).toHaveLength(2);
  });
});

describe('a quorum of endpoints', () => {
  let second: RpcProxy;
  beforeEach(async () => {
    second = await RpcProxy.start(network.rpcUrl);
  });
  afterEach(() => second.stop());

  it('outvotes one that lies about a fact or about the newest block', async () => {
    const honest = await sourceOf(network.rpcUrl).read([balance]);
    for (const lie of [
      ({ method }: RpcCall) => (method === 'eth_getBalance' ? { result: '0x1' } : undefined),
      ({ method }: RpcCall) => (method === 'eth_blockNumber' ? { result: '0x0' } : undefined),
      ({ method }: RpcCall) => (method === 'eth_blockNumber' ? { result: '0xffffff' } : undefined),
      () => rpcError(-32_000, 'down'),
    ]) {
      proxy.interfere = lie;
      const { answers, blocks } = await sourceWith(2, proxy.url, second.url, network.rpcUrl).read([balance]);
      expect(answers).toEqual(honest.answers);
      expect(blocks).toEqual(honest.blocks);
    }
  });

  it('decides nothing where too few agree', async () => {
    proxy.interfere = ({ method }) => (method === 'eth_getBalance' ? { result: '0x1' } : undefined);
    const error = await errorOf(() => sourceWith(2, proxy.url, network.rpcUrl).read([balance]));
    expect([error.code, error.details]).toEqual([
      'chain/no-quorum',
      { endpoints: 2, answered: 2, alike: 1, needed: 2 },
    ]);
    proxy.interfere = () => rpcError(-32_000, 'down');
    expect(await codeOf(() => sourceWith(2, proxy.url, network.rpcUrl).read([balance]))).toBe('chain/no-quorum');
    expect(await codeOf(() => sourceWith(2, proxy.url, proxy.url).read([balance]))).toBe('chain/unreachable');
  });

  it('reads at a block that enough of them have, while one is ahead', async () => {
    const behind = await network.client.getBlock();
    await network.client.mine({ blocks: 1 });
    for (const lagging of [proxy, second]) {
      lagging.interfere = ({ method }) =>
        method === 'eth_blockNumber' ? { result: `0x${behind.number.toString(16)}` } : undefined;
    }
    const { blocks } = await sourceWith(2, network.rpcUrl, proxy.url, second.url).read([timestamp]);
    expect(blocks).toEqual({ local: { number: Number(behind.number), hash: behind.hash } });
  });
});

describe('bounded fetch', () => {
  it('reads bodies up to the limit, and follows nobody', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/elsewhere') response.writeHead(302, { location: '/10' }).end();
      else response.end('x'.repeat(Number(request.url?.slice(1))));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const bounded = createBoundedFetch(100_000);
    expect((await (await bounded(`${base}/100000`)).text()).length).toBe(100_000);
    expect(await codeOf(() => bounded(`${base}/100001`))).toBe('chain/unexpected-data');
    await expect(bounded(`${base}/elsewhere`)).rejects.toThrow();
    server.closeAllConnections();
    server.close();
  });
});
