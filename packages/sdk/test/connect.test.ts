import { toHex } from '@keymesh/foundation';
import { encodePublicKeyPackage } from '@keymesh/threshold/public-key-package';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { connect } from '../src/index.ts';
import { CONTRACTS, RPC_URL } from './testnet/chain.ts';
import { dealKeys } from './testnet/dealer.ts';
import * as faults from './testnet/faults.ts';
import { Testnet, testBackends } from './testnet/testnet.ts';
import { fail, succeed, useVirtualTime } from './testnet/virtual-time.ts';

const four = new Testnet(4, await testBackends());
const strangers = dealKeys(4, 3, 'another network');

beforeEach(() => {
  four.reset();
  useVirtualTime();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('connect', () => {
  test('takes every fact from the chain', async () => {
    const { value: network } = await succeed(() => four.connect());
    expect(network).toMatchObject({ epoch: 3, threshold: 3, chainId: 31_337, contracts: CONTRACTS });
    expect(network.nodes.map(({ url }) => url)).toEqual(four.nodes.map(({ url }) => url));
    expect(network.publicKeys).toEqual(four.world.keys.publicKeyPackage);
  });

  test('asks t nodes and not all', async () => {
    await succeed(() => four.connect());
    expect(four.countOf('handshake')).toBe(3);
  });

  const replaced: Record<string, faults.Fault> = {
    dead: faults.dead,
    'behind a dead proxy': faults.badGateway,
    redirecting: faults.redirecting,
    garbage: faults.garbage,
    oversized: faults.oversized,
    'not ready': faults.refusing('node/not-ready', 'environment'),
    'in another epoch': faults.otherEpoch,
    'answering as another member': faults.otherMember,
    'with another identity': faults.otherIdentity,
    'replaced by somebody else': faults.impostor,
    'with another sealing key': faults.otherSealingKey,
    'replaying a signed answer': faults.replayedHandshake,
    'with keys that nobody voted for': faults.otherPackage(toHex(encodePublicKeyPackage(strangers.publicKeyPackage))),
    'with keys that cannot be read': faults.unreadablePackage,
    'with another transcript': faults.otherTranscript,
  };
  test.each(Object.entries(replaced))('a node that is %s is replaced', async (_, fault) => {
    four.faults.set(2, fault);
    const { value: network, tookMs } = await succeed(() => four.connect());
    expect(network.publicKeys).toEqual(four.world.keys.publicKeyPackage);
    expect(tookMs).toBeLessThan(500);
    expect(network.health.order(network.nodes).at(-1)?.party).toBe(2);
  });

  test('a node cannot send the client elsewhere', async () => {
    four.faults.set(1, faults.redirecting);
    await succeed(() => four.connect());
    expect(four.fetched.filter((url) => url.includes('elsewhere'))).toEqual([]);
  });

  test.each([
    ['hanging', faults.hanging],
    ['deaf to its signal', faults.deaf],
    ['trickling', faults.trickling],
    ['slow', faults.slow(4_000)],
  ])('a node that is %s costs a moment', async (_, fault) => {
    four.faults.set(1, fault);
    const { value: network, tookMs } = await succeed(() => four.connect());
    expect(tookMs).toBeLessThan(2_000);
    expect(network.health.order(network.nodes).at(-1)?.party).toBe(1);
  });

  test('two of four dead: says how many are needed and how many there are, at once', async () => {
    four.faults.set(1, faults.dead).set(3, faults.dead);
    const { error, tookMs } = await fail(() => four.connect());
    expect(error).toMatchObject({
      code: 'sdk/too-few-nodes',
      fault: 'environment',
      message: 'Not enough nodes: 3 of 4 needed, 2 reachable.',
      details: { needed: 3, total: 4, reachable: 2 },
    });
    expect(error.hint).toContain('node 1 (http://node-1.test:7470): no answer');
    expect(error.hint).toContain('node 3');
    expect(tookMs).toBeLessThan(1_000);
  });

  test('all dead: the number of reachable nodes is right', async () => {
    for (const { party } of four.nodes) four.faults.set(party, faults.dead);
    const { error } = await fail(() => four.connect());
    expect(error.message).toBe('Not enough nodes: 3 of 4 needed, 0 reachable.');
  });

  test('two of four hang: ends within the time of a handshake', async () => {
    four.faults.set(1, faults.hanging).set(3, faults.deaf);
    const { error, tookMs } = await fail(() => four.connect());
    expect(error.message).toBe('Not enough nodes: 3 of 4 needed, 2 reachable.');
    expect(tookMs).toBeLessThan(6_000);
  });

  test('two of four lie: names both and nobody else', async () => {
    four.faults.set(1, faults.otherTranscript).set(4, faults.replayedHandshake);
    const { error } = await fail(() => four.connect());
    expect(error).toMatchObject({ code: 'sdk/too-few-nodes', fault: 'peer', culprits: [1, 4] });
    expect(error.message).toBe('Not enough nodes: 3 of 4 needed, 4 reachable, 2 of them with wrong answers.');
  });

  test('a node that lags behind the chain is not accused', async () => {
    four.faults.set(1, faults.otherEpoch).set(2, faults.otherEpoch);
    const { error } = await fail(() => four.connect());
    expect(error).toMatchObject({ code: 'sdk/too-few-nodes', fault: 'environment', culprits: [] });
    expect(error.hint).toContain('serves epoch 99');
  });

  test('nobody is ready: says so in the words of the nodes', async () => {
    for (const { party } of four.nodes) four.faults.set(party, faults.refusing('node/not-ready', 'environment'));
    const { error } = await fail(() => four.connect());
    expect(error).toMatchObject({ code: 'node/not-ready', message: 'It says node/not-ready.' });
  });

  test('members without shares are not asked and not counted', async () => {
    four.chain.state.excluded = [2];
    const { value: network } = await succeed(() => four.connect());
    expect(network.nodes).toHaveLength(4);
    expect(network.shareholders.map(({ party }) => party)).toEqual([1, 3, 4]);
    expect(four.nodes[1]?.received).toEqual([]);
    four.faults.set(1, faults.dead);
    const { error } = await fail(() => four.connect());
    expect(error.message).toBe('Not enough nodes: 3 of 3 needed, 2 reachable.');
    expect(four.nodes[1]?.received).toEqual([]);
  });

  test('a majority of nodes is not believed against the chain', async () => {
    const encoded = toHex(encodePublicKeyPackage(strangers.publicKeyPackage));
    for (const party of [1, 2, 3, 4]) four.faults.set(party, faults.otherPackage(encoded));
    const { error } = await fail(() => four.connect());
    expect(error).toMatchObject({ code: 'sdk/too-few-nodes', culprits: expect.arrayContaining([1, 2, 3]) });
  });
});

describe('the chain', () => {
  test.each([
    ['root keys that were not voted for', () => ({ keys: strangers })],
    ['another threshold', () => ({ threshold: 2 })],
    ['another number of members', () => ({ nodes: four.nodes.slice(0, 3) })],
  ])('with %s is refused', async (_, change) => {
    Object.assign(four.chain.state, change());
    const { error } = await fail(() => four.connect());
    expect(error).toMatchObject({ code: 'sdk/chain-inconsistent', culprits: [] });
  });

  test('without an active epoch', async () => {
    four.chain.state.epoch = 0;
    const { error } = await fail(() => four.connect());
    expect(error).toMatchObject({ code: 'sdk/network-not-ready', fault: 'environment' });
    expect(four.countOf('handshake')).toBe(0);
  });

  test('without contracts at the address', async () => {
    const { error } = await fail(() => four.connect({ directory: `0x${'ab'.repeat(20)}` }));
    expect(error).toMatchObject({ code: 'sdk/chain-unreachable' });
  });

  test.each([
    ['refuses connections', faults.dead],
    ['is behind a dead proxy', faults.badGateway],
    ['hangs', faults.hanging],
  ])('that %s ends in time', async (_, fault) => {
    const fetch: typeof globalThis.fetch = (_url, init) => fault({ signal: init?.signal } as never);
    const { error, tookMs } = await fail(() => four.connect({ platform: { fetch } }));
    expect(error).toMatchObject({ code: 'sdk/chain-unreachable', fault: 'environment' });
    expect(tookMs).toBeLessThan(25_000);
  });

  test('addresses are checked before anything is asked', async () => {
    const { error } = await fail(() => connect({ rpcUrl: RPC_URL, directory: '0x12' }));
    expect(error).toMatchObject({ code: 'sdk/invalid-argument', fault: 'caller' });
    const { error: other } = await fail(() => connect({ rpcUrl: 'not a url', directory: CONTRACTS.Directory }));
    expect(other).toMatchObject({ code: 'sdk/invalid-argument', fault: 'caller' });
  });
});
