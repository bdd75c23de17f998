import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { decryptAs, decryptFailure, encryptText, wallet } from '../harness/conditions.ts';
import type { Printed } from '../harness/keymesh.ts';
import { useNetwork } from '../harness/network.ts';
import { killHard, processesOf, until } from '../harness/processes.ts';
import { ALICE, addressOf, BOB } from '../verifiers/chain.ts';
import { isGoodSignature, SCHEMES } from '../verifiers/signatures.ts';

/** A hopeless request must be given up within this time, with everything around it. Milliseconds. */
const GIVE_UP_MS_MAX = 5_000;
/** The chain of a local network writes its state so often. Milliseconds. */
const CHAIN_STATE_INTERVAL_MS = 1_000;
const SECRET = 'written before anything failed';

/** One network through all of it: the order of the tests is the story. */
const network = useNetwork('failures');
let key: Printed;
let encrypted: Printed;
let earlier: Printed[];

const sign = (scheme: string, message: string): Promise<Printed> =>
  network.run('sign', '--key', key.tokenId, '--scheme', scheme, '--message', message);

/** Everything works, and keys are what they were. */
async function expectService(parties: { readonly signers?: readonly number[] } = {}): Promise<void> {
  const [shown, decrypted, ...signatures] = await Promise.all([
    network.run('key', 'show', key.tokenId),
    decryptAs(network, ALICE, encrypted),
    ...SCHEMES.map((scheme) => sign(scheme, `again with ${scheme}`)),
  ]);
  expect(shown.publicKeys).toEqual(key.publicKeys);
  expect(decrypted).toMatchObject({ data: SECRET, culprits: [] });
  if (parties.signers !== undefined) expect(decrypted.signers).toEqual(parties.signers);
  for (const signed of signatures) {
    expect(isGoodSignature(signed, `again with ${signed.scheme}`, key.tokenId)).toBe(true);
    expect(signed.publicKey).toBe(key.publicKeys[signed.scheme]);
    expect(signed.culprits).toEqual([]);
    if (parties.signers !== undefined) expect(signed.signers).toEqual(parties.signers);
  }
}

beforeAll(async () => {
  key = await network.run('key', 'mint');
  encrypted = await encryptText(network, [wallet(addressOf(ALICE))], SECRET);
  earlier = await Promise.all(SCHEMES.map((scheme) => sign(scheme, 'before')));
});

describe('one of four nodes', () => {
  test('is killed: signing, encrypting and decrypting go on with the others', async () => {
    await network.killNodes(1);
    expect(await network.run('status')).toMatchObject({ serving: true, nodesReady: 3 });
    await expectService({ signers: [2, 3, 4] });
    const later = await encryptText(network, [wallet(addressOf(ALICE))], 'written by three');
    expect(await decryptAs(network, ALICE, later)).toMatchObject({ data: 'written by three', signers: [2, 3, 4] });
  });

  test('a denied condition is still said in words, not as a lack of nodes', async () => {
    const { error } = await decryptFailure(network, BOB, encrypted);
    expect(error).toMatchObject({ code: 'conditions/denied', message: expect.stringContaining(addressOf(ALICE)) });
  });
});

describe('two of four nodes', () => {
  test('are killed: what needs nodes fails soon and says how many are needed and reachable', async () => {
    await network.killNodes(3);
    expect(await network.run('status')).toMatchObject({ serving: false, nodesReady: 2 });
    const failures = [
      ...(await Promise.all(
        SCHEMES.map((scheme) => network.fail('sign', '--key', key.tokenId, '--scheme', scheme, '--message', 'x')),
      )),
      await decryptFailure(network, ALICE, encrypted),
    ];
    for (const { exitCode, error, elapsedMs } of failures) {
      expect(exitCode).toBe(1);
      expect(error).toMatchObject({
        code: 'sdk/too-few-nodes',
        fault: 'environment',
        message: expect.stringContaining('3 of 4 needed, 2 reachable'),
        hint: expect.stringMatching(/node 1 .*no answer.*node 3 .*no answer/),
      });
      expect(elapsedMs).toBeLessThan(GIVE_UP_MS_MAX);
    }
  });

  test('are back after down and up, with the same keys', async () => {
    expect((await network.down()).stopped).toEqual(['node-2', 'node-4', 'chain']);
    await network.up();
    await expectService({ signers: [1, 2, 3] });
  });
});

test('a node that hangs is worked around, and serves again when it wakes', async () => {
  const [pid] = network.pidsOf(2);
  process.kill(pid as number, 'SIGSTOP');
  try {
    await expectService({ signers: [1, 3, 4] });
  } finally {
    process.kill(pid as number, 'SIGCONT');
  }
  await network.untilReady([2]);
  await expectService({ signers: [1, 2, 3] });
});

test('kill -9 of all nodes at once: the restarted network has the same keys', async () => {
  await network.killNodes(1, 2, 3, 4);
  const { error, elapsedMs } = await network.fail(
    'sign',
    '--key',
    key.tokenId,
    '--scheme',
    'Bls12381',
    '--message',
    'x',
  );
  expect(error.message).toContain('3 of 4 needed, 0 reachable');
  expect(elapsedMs).toBeLessThan(GIVE_UP_MS_MAX);
  await network.down();
  await network.up();
  await expectService({ signers: [1, 2, 3] });
});

test('kill -9 of nodes and chain while they sign: nothing that was agreed is lost', async () => {
  await sleep(2 * CHAIN_STATE_INTERVAL_MS);
  const underWay = SCHEMES.map((scheme) => sign(scheme, 'interrupted').catch(() => undefined));
  await sleep(700);
  await Promise.all(
    processesOf(network.directory)
      .filter(({ command }) => !command.includes('--json'))
      .map(({ pid }) => killHard(pid)),
  );
  await Promise.all(underWay);
  expect(await network.run('status')).toMatchObject({ serving: false, nodesReady: 0, chain: { running: false } });
  await network.up();
  await expectService({ signers: [1, 2, 3] });
});

test('the chain alone dies and comes back: the nodes find it again', async () => {
  await sleep(2 * CHAIN_STATE_INTERVAL_MS);
  const [pid] = network.chainPids();
  const { command } = processesOf(network.path('chain-state.json')).find((one) => one.pid === pid) as {
    command: string;
  };
  await killHard(pid as number);
  const { error } = await network.fail('sign', '--key', key.tokenId, '--scheme', 'Bls12381', '--message', 'x');
  expect(error.code).toBe('sdk/chain-unreachable');
  await until('a node has seen that the chain is gone', () => network.log(1).includes('chain/unreachable'));
  await network.startChainAgain(command);
  await network.untilReady([1, 2, 3, 4]);
  await expectService({ signers: [1, 2, 3] });
  expect(await network.run('key', 'mint')).toMatchObject({ tokenId: expect.stringMatching(/^0x/) });
});

test('what was signed before all this verifies under the keys that the network has now', async () => {
  const { publicKeys } = await network.run('key', 'show', key.tokenId);
  for (const { scheme, signature } of earlier) {
    const signed = { scheme, signature, publicKey: publicKeys[scheme] };
    expect(isGoodSignature(signed, 'before', key.tokenId)).toBe(true);
  }
});
