import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { directoryBytecode } from '../src/bytecode.ts';
import { bitmapOfParties, directoryAbi, findContracts, partiesOfBitmap } from '../src/index.ts';
import { deployBytecode } from './harness.ts';
import { type Network, startNetwork } from './network.ts';

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

const directory = () => ({ address: network.contracts.Directory, abi: directoryAbi }) as const;
const setCall = (name: string, target = network.user(0), from = network.account(0)) =>
  ({ ...directory(), from, functionName: 'setAddresses', args: [[{ name, target }]] }) as const;

describe('Directory', () => {
  test('adds and replaces names for its owner', async () => {
    await network.chain.send(setCall('PriceFeed'));
    await network.chain.send(setCall('PriceFeed', network.user(1)));
    const [names, addresses] = await network.chain.client.readContract({ ...directory(), functionName: 'all' });
    expect(names.at(-1)).toBe('PriceFeed');
    expect(addresses.at(-1)).toBe(network.user(1));
    expect(names).toHaveLength(7);
    const logs = await network.chain.client.getContractEvents({
      ...directory(),
      eventName: 'AddressSet',
      fromBlock: 0n,
    });
    expect(logs.slice(-2).map((log) => log.args)).toEqual([
      { name: 'PriceFeed', target: network.user(0), previous: `0x${'00'.repeat(20)}` },
      { name: 'PriceFeed', target: network.user(1), previous: network.user(0) },
    ]);
  });

  test('refuses strangers, bad names and the zero address', async () => {
    const { outcome } = network.chain;
    expect(await outcome(setCall('X', network.user(0), network.user(0)))).toBe('OwnableUnauthorizedAccount');
    expect(await outcome(setCall(''))).toBe('InvalidName');
    expect(await outcome(setCall('x'.repeat(64)))).toBe('ok');
    expect(await outcome(setCall('x'.repeat(65)))).toBe('InvalidName');
    expect(await outcome(setCall('X', `0x${'00'.repeat(20)}`))).toBe('ZeroTarget');
    const missing = network.chain.client.readContract({ ...directory(), functionName: 'addressOf', args: ['X'] });
    await expect(missing).rejects.toThrow(/NameNotFound/);
  });

  test('holds at most 64 names', async () => {
    const entries = Array.from({ length: 58 }, (_, i) => ({ name: `Name${i}`, target: network.user(0) }));
    await network.chain.send({ ...setCall('X'), args: [entries] });
    expect(await network.chain.outcome(setCall('Name0', network.user(1)))).toBe('ok');
    expect(await network.chain.outcome(setCall('OneMore'))).toBe('TooManyEntries');
  });
});

describe('findContracts', () => {
  test('says which name a directory lacks', async () => {
    const empty = await deployBytecode(network, directoryAbi, directoryBytecode, [network.account(0), 'empty', '1']);
    await expect(findContracts(network.chain.client, empty)).rejects.toMatchObject({
      code: 'contracts/directory-incomplete',
      details: { name: 'KeymeshToken' },
    });
  });

  test('passes on that there is no directory', async () => {
    await expect(findContracts(network.chain.client, network.user(0))).rejects.toThrow(/returned no data/);
  });
});

describe('bitmaps', () => {
  test('bit i−1 is party i, both ways', () => {
    expect(bitmapOfParties([])).toBe(0n);
    expect(bitmapOfParties([1, 3, 100])).toBe(1n | 4n | (1n << 99n));
    expect(partiesOfBitmap(bitmapOfParties([100, 3, 1, 3]))).toEqual([1, 3, 100]);
  });

  test.each([0, -1, 101, 1.5, Number.NaN])('party %d does not exist', (party) => {
    expect(() => bitmapOfParties([party])).toThrow(/Party index/);
  });
});
