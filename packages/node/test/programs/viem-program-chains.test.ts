import type { ActionChains } from '@keymesh/actions';
import { type Address, type Hex, serializeTransaction } from 'viem';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KeyRegistry } from '../../src/chain/key-registry.ts';
import { createProgramChains } from '../../src/programs/viem-program-chains.ts';
import { accountOf, type DeployedNetwork, deployNetwork } from '../chain/deployed-network.ts';
import { RpcProxy, rpcError } from '../chain/rpc-proxy.ts';
import { returningZeros, revertingWith } from '../conditions/hostile-contracts.ts';
import { codeOf, errorOf } from '../requests/expectations.ts';

const contract: Address = `0x${'c1'.repeat(20)}`;
const call = serializeTransaction({ type: 'eip1559', chainId: 31_337, to: contract });
const { address } = accountOf(0);

let network: DeployedNetwork;
let proxy: RpcProxy;
/** What programs see of a chain called `local`; the keys of the network are not asked for here. */
const chainsOf = (quorum: number, ...rpcUrls: string[]): ActionChains =>
  createProgramChains({ local: { rpcUrls, quorum } }, {} as KeyRegistry);
const returning = (bytes: number): Promise<void> =>
  network.client.setCode({ address: contract, bytecode: returningZeros(bytes) });

beforeAll(async () => {
  network = await deployNetwork();
}, 60_000);
afterAll(() => network.stop());
beforeEach(async () => {
  proxy = await RpcProxy.start(network.rpcUrl);
});
afterEach(() => proxy.stop());

describe.each([1, 2])('chains of programs that %i endpoints must agree on', (quorum) => {
  const honest = () => chainsOf(quorum, network.rpcUrl, network.rpcUrl);

  it('tell nonces and what contracts return', async () => {
    const nonce = await network.client.getTransactionCount({ address });
    expect(nonce).toBeGreaterThan(0);
    expect(await honest().latestNonce('local', address)).toBe(nonce);
    await returning(3);
    expect(await honest().callContract('local', call)).toBe('0x000000');
  });

  it('do without one that is down', async () => {
    proxy.interfere = () => rpcError(-32_000, 'down');
    const chains = chainsOf(quorum, proxy.url, network.rpcUrl, network.rpcUrl);
    await returning(2);
    expect(await chains.callContract('local', call)).toBe('0x0000');
  });

  it('tell that a contract refuses, and that a chain is unknown', async () => {
    await network.client.setCode({ address: contract, bytecode: revertingWith('0x12345678') });
    expect(await codeOf(() => honest().callContract('local', call))).toBe('chain/reverted');
    expect(await codeOf(() => honest().callContract('constructor', call))).toBe('conditions/unknown-chain');
    expect(await codeOf(() => honest().callContract('local', 'rubbish'))).toBe('actions/bad-transaction');
  });
});

describe('a quorum of endpoints', () => {
  it('outvotes one that lies, and decides nothing where too few agree', async () => {
    const lie: Hex = '0x99';
    proxy.interfere = ({ method }) =>
      method === 'eth_call' || method === 'eth_getTransactionCount' ? { result: lie } : undefined;
    await returning(1);
    const three = chainsOf(2, proxy.url, network.rpcUrl, network.rpcUrl);
    expect(await three.callContract('local', call)).toBe('0x00');
    expect(await three.latestNonce('local', address)).not.toBe(0x99);
    // Without a quorum the first is believed: this is what it is for.
    expect(await chainsOf(1, proxy.url, network.rpcUrl).callContract('local', call)).toBe(lie);
    const error = await errorOf(() => chainsOf(2, proxy.url, network.rpcUrl).callContract('local', call));
    expect([error.code, error.details]).toEqual([
      'chain/no-quorum',
      { endpoints: 2, answered: 2, alike: 1, needed: 2 },
    ]);
  });
});
