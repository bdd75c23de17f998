import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { Client, rotationOf, untilFirstChoiceServes } from '../harness/client.ts';
import { decryptAs, decryptFailure, encryptText, wallet } from '../harness/conditions.ts';
import type { Printed } from '../harness/keymesh.ts';
import { useNetwork } from '../harness/network.ts';
import { killHard, processesOf, until } from '../harness/processes.ts';
import { ALICE, addressOf, BOB } from '../verifiers/chain.ts';
import { bytesOf, isGoodSignature, ONE_OF_EACH, SCHEMES } from '../verifiers/signatures.ts';

/** A client that is connected gives a hopeless request up within this time. Milliseconds. */
const GIVE_UP_MS_MAX = 5_000;
/** The chain of a local network writes its state so often. Milliseconds. */
const CHAIN_STATE_INTERVAL_MS = 1_000;
const SECRET = 'written before anything failed';

/** One network through all of it: the order of the tests is the story. */
const network = useNetwork('failures');
let key: Printed;
let encrypted: Printed;
const earlier: Printed[] = [];

const sign = (scheme: string, message: string): Promise<Printed> =>
  network.run('sign', '--key', key.tokenId, '--scheme', scheme, '--message', message);

/** Everything works with those that there are, and keys are what they were. */
async function expectService(without: readonly number[] = []): Promise<void> {
  await untilFirstChoiceServes(network, key.tokenId, { without });
  const [shown, decrypted, byCommand, client] = await Promise.all([
    network.run('key', 'show', key.tokenId),
    decryptAs(network, ALICE, encrypted),
    sign('EcdsaK256Sha256', 'again with EcdsaK256Sha256'),
    Client.connect(network),
  ]);
  expect(shown.publicKeys).toEqual(key.publicKeys);
  const firstOf = [1, 2, 3, 4].filter((party) => !without.includes(party)).slice(0, 3);
  const signers = rotationOf(key.tokenId, { without });
  expect(decrypted).toMatchObject({ data: SECRET, culprits: [], signers: firstOf });
  const signatures = [byCommand];
  for (const scheme of SCHEMES) signatures.push(await client.sign(key.tokenId, scheme, `again with ${scheme}`));
  for (const signed of signatures) {
    expect(isGoodSignature(signed, `again with ${signed.scheme}`, key.tokenId)).toBe(true);
    expect(bytesOf(signed.publicKey)).toEqual(bytesOf(key.publicKeys[signed.scheme]));
    expect(signed).toMatchObject({ culprits: [], signers: signed.scheme === 'Bls12381' ? firstOf : signers });
  }
}

/** A client that was connected before says soon how many nodes it needs and reaches. */
async function expectGivenUp(connected: Client, scheme: string, why: RegExp): Promise<void> {
  const started = performance.now();
  await expect(connected.sign(key.tokenId, scheme, 'x')).rejects.toMatchObject({
    code: 'sdk/too-few-nodes',
    message: expect.stringMatching(why),
  });
  expect(performance.now() - started).toBeLessThan(GIVE_UP_MS_MAX);
}

beforeAll(async () => {
  key = await network.run('key', 'mint');
  encrypted = await encryptText(network, [wallet(addressOf(ALICE))], SECRET);
  const client = await Client.connect(network);
  for (const scheme of SCHEMES) earlier.push(await client.sign(key.tokenId, scheme, 'before'));
});

describe('one of four nodes', () => {
  test('is killed: signing, encrypting and decrypting go on with the others', async () => {
    await network.killNodes(1);
    expect(await network.run('status')).toMatchObject({ serving: true, nodesReady: 3 });
    await expectService([1]);
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
    const connected = await Client.connect(network);
    await network.killNodes(3);
    expect(await network.run('status')).toMatchObject({ serving: false, nodesReady: 2 });
    const failures = [
      ...(await Promise.all(
        ONE_OF_EACH.map((scheme) => network.fail('sign', '--key', key.tokenId, '--scheme', scheme, '--message', 'x')),
      )),
      await decryptFailure(network, ALICE, encrypted),
    ];
    for (const { exitCode, error } of failures) {
      expect(exitCode).toBe(1);
      expect(error).toMatchObject({
        code: 'sdk/too-few-nodes',
        fault: 'environment',
        message: expect.stringContaining('3 of 4 needed, 2 reachable'),
        hint: expect.stringMatching(/node 1 .*no answer.*node 3 .*no answer/),
      });
    }
    for (const scheme of ONE_OF_EACH) await expectGivenUp(connected, scheme, /3 of 4 needed, 2 reachable/);
  });

  test('are back after down and up, with the same keys', async () => {
    expect((await network.down()).stopped).toEqual(['node-2', 'node-4', 'chain']);
    await network.up();
    await expectService();
  });
});

test('a node that hangs is worked around, and serves again when it wakes', async () => {
  const [pid] = network.pidsOf(2);
  process.kill(pid as number, 'SIGSTOP');
  try {
    await expectService([2]);
  } finally {
    process.kill(pid as number, 'SIGCONT');
  }
  await network.untilReady([2]);
  await expectService();
});

test('kill -9 of all nodes at once: the restarted network has the same keys', async () => {
  const connected = await Client.connect(network);
  await network.killNodes(1, 2, 3, 4);
  // Once three are known to be dead, the fourth is not asked.
  for (const scheme of ONE_OF_EACH) await expectGivenUp(connected, scheme, /3 of 4 needed, [01] reachable/);
  const { error } = await network.fail('sign', '--key', key.tokenId, '--scheme', 'Bls12381', '--message', 'x');
  expect(error.message).toContain('3 of 4 needed, 0 reachable');
  await network.down();
  await network.up();
  await expectService();
});

test('kill -9 of nodes and chain while they sign: nothing that was agreed is lost', async () => {
  await sleep(2 * CHAIN_STATE_INTERVAL_MS);
  const underWay = ONE_OF_EACH.map((scheme) => sign(scheme, 'interrupted').catch(() => undefined));
  await sleep(700);
  await Promise.all(
    processesOf(network.directory)
      .filter(({ command }) => !command.includes('--json'))
      .map(({ pid }) => killHard(pid)),
  );
  await Promise.all(underWay);
  expect(await network.run('status')).toMatchObject({ serving: false, nodesReady: 0, chain: { running: false } });
  await network.up();
  await expectService();
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
  await expectService();
  expect(await network.run('key', 'mint')).toMatchObject({ tokenId: expect.stringMatching(/^0x/) });
});

test('what was signed before all this verifies under the keys that the network has now', async () => {
  const { publicKeys } = await network.run('key', 'show', key.tokenId);
  for (const { scheme, signature } of earlier) {
    const signed = { scheme, signature, publicKey: publicKeys[scheme] as string };
    expect(isGoodSignature(signed, 'before', key.tokenId)).toBe(true);
  }
});
