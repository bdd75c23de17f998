import { afterAll, expect, test } from 'vitest';
import { keymesh } from '../harness/keymesh.ts';
import { TestNetwork } from '../harness/network.ts';
import { processesOf } from '../harness/processes.ts';
import { isGoodSignature } from '../verifiers/signatures.ts';

const network = new TestNetwork('tour');
afterAll(() => network.end());

test('`keymesh demo --exit` shows everything on a new network, and leaves nothing running', async () => {
  const shown = await keymesh(['demo', '--exit', '--dir', network.directory]);
  expect(shown).toMatchObject({
    tokenId: expect.stringMatching(/^0x[0-9a-f]{64}$/),
    address: expect.stringMatching(/^0x[0-9a-fA-F]{40}$/),
    decrypted: 'Only who owns a Keymesh key can read this.',
    refusal: expect.stringContaining(network.file.contracts.PKPNFT),
    threshold: 3,
    chainId: 31337,
  });
  expect(shown.nodes).toHaveLength(4);
  expect(shown.signatures.length).toBeGreaterThanOrEqual(2);
  for (const signature of shown.signatures) {
    const message = 'Hello from four nodes, none of which has the key.';
    expect(isGoodSignature(signature, message, shown.tokenId)).toBe(true);
  }
  expect(processesOf(network.directory)).toEqual([]);
});

test('the same directory gives the same network again, and the tour joins one that runs and leaves it alone', async () => {
  const before = network.file;
  await network.up();
  expect(network.file.contracts).toEqual(before.contracts);
  const keys = await network.run('key', 'list');
  expect(keys.keys).toHaveLength(1);
  await keymesh(['demo', '--dir', network.directory]);
  expect((await network.run('status')).serving).toBe(true);
  expect((await network.run('key', 'list')).keys).toHaveLength(2);
  await network.down();
  expect(processesOf(network.directory)).toEqual([]);
});
