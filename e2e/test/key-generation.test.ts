import { afterEach, describe, expect, test, vi } from 'vitest';
import { Client, rotationOf, untilFirstChoiceServes } from '../harness/client.ts';
import { decryptAs, encryptText, timestamp } from '../harness/conditions.ts';
import { type Printed, startKeymesh } from '../harness/keymesh.ts';
import { TestNetwork } from '../harness/network.ts';
import { CLOSELY_WATCHED, PreparedNetwork } from '../harness/prepared-network.ts';
import { killHard, until } from '../harness/processes.ts';
import { ALICE, readActiveEpoch, readKeyId, readRootKeys } from '../verifiers/chain.ts';
import { derivePublicKeys, isDecaf377Key } from '../verifiers/derivation.ts';
import { isGoodSignature, SCHEMES } from '../verifiers/signatures.ts';

/** From a failure in key generation to keys, at most. Milliseconds. */
const RECOVERY_MS_MAX = 90_000;
const TEST_TIMEOUT_MS = 150_000;
const VICTIM = 2;

vi.setConfig({ testTimeout: TEST_TIMEOUT_MS });

let running: TestNetwork | undefined;
afterEach(() => {
  running?.end();
  running = undefined;
});

async function prepared(name: string): Promise<PreparedNetwork> {
  const network = new PreparedNetwork(name);
  running = network;
  await network.prepare(CLOSELY_WATCHED);
  return network;
}

/** The keys that came out are whole: every scheme's signature, by who there is, fits the chain's roots. */
async function expectGoodKeys(network: TestNetwork, without: readonly number[] = []): Promise<void> {
  const client = await Client.connect(network);
  const { tokenId } = await client.mint();
  const [roots, keyId] = await Promise.all([readRootKeys(network.file), readKeyId(network.file, tokenId)]);
  const expected = derivePublicKeys(roots, keyId);
  const firstOf = [1, 2, 3, 4].filter((party) => !without.includes(party)).slice(0, 3);
  await untilFirstChoiceServes(network, tokenId, { without });
  for (const scheme of SCHEMES) {
    const signed = await client.sign(tokenId, scheme, 'whole');
    const signers = scheme === 'Bls12381' ? firstOf : rotationOf(tokenId, { without });
    expect(signed).toMatchObject({ scheme, signers, culprits: [] });
    if (scheme === 'SchnorrRedDecaf377Blake2b512') expect(isDecaf377Key(roots, keyId, signed.publicKey)).toBe(true);
    else expect(signed.publicKey).toEqual(expected[scheme as keyof typeof expected]);
    expect(isGoodSignature(signed, 'whole', tokenId)).toBe(true);
  }
  const encrypted = await encryptText(network, [timestamp('>', 0)], 'whole');
  expect(await decryptAs(network, ALICE, encrypted)).toMatchObject({ data: 'whole', signers: firstOf });
}

describe('kill -9 of a node in the middle of key generation, and a restart', () => {
  test.each([
    ['before anybody could commit', (event: Printed) => event.event === 'epoch.attempt-joined'],
    ['in the round of shares', (event: Printed) => event.event === 'epoch.round' && event.round === 2],
    ['with shares that it has not voted for', (event: Printed) => event.event === 'epoch.shares-saved'],
  ])('%s', async (_when, moment) => {
    const network = await prepared('restart');
    await network.start(1, 2, 3, 4);
    await network.untilLogged(VICTIM, moment);
    await network.killNodes(VICTIM);
    await network.start(VICTIM);
    await network.untilReady([1, 2, 3, 4], RECOVERY_MS_MAX);
    expect(await readActiveEpoch(network.file)).toMatchObject({ number: 1n, excluded: [] });
    await expectGoodKeys(network);
  });

  test('in the last round, when the others may already have all they need of it', async () => {
    const network = await prepared('restart-last-round');
    await network.start(1, 2, 3, 4);
    await network.untilLogged(VICTIM, ({ event, round }) => event === 'epoch.round' && round === 4);
    await network.killNodes(VICTIM);
    await network.start(VICTIM);
    // Its share was durable before the message left without which the others could not finish.
    await network.untilReady([1, 2, 3, 4], RECOVERY_MS_MAX);
    expect(await readActiveEpoch(network.file)).toMatchObject({ number: 1n, excluded: [] });
    await expectGoodKeys(network);
  });

  test('of all nodes at once', async () => {
    const network = await prepared('restart-all');
    await network.start(1, 2, 3, 4);
    await network.untilLogged(VICTIM, ({ event, round }) => event === 'epoch.round' && round === 3);
    await network.killNodes(1, 2, 3, 4);
    await network.start(1, 2, 3, 4);
    await network.untilReady([1, 2, 3, 4], RECOVERY_MS_MAX);
    expect(await readActiveEpoch(network.file)).toMatchObject({ number: 1n, excluded: [] });
    await expectGoodKeys(network);
  });
});

test('a node that is killed in key generation and stays away: `keymesh up` completes with three and says so', async () => {
  const network = new TestNetwork('three-of-four');
  running = network;
  const up = startKeymesh(['up', '--detach', '--dir', network.directory]);
  let said = '';
  up.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  const ended = new Promise<number | null>((resolve) => up.once('close', resolve));
  await until(
    'the victim takes part',
    () => network.hasLog(VICTIM) && network.log(VICTIM).includes('epoch.attempt-joined'),
  );
  await Promise.all(network.pidsOf(VICTIM).map(killHard));
  expect(await ended).toBe(0);
  expect(said).toContain('3 of 4 nodes serve');
  expect(await readActiveEpoch(network.file)).toMatchObject({ number: 1n, attempt: 1, excluded: [VICTIM] });
  await expectGoodKeys(network, [VICTIM]);

  // Back again it says why it cannot serve, and nobody waits for it.
  await network.down();
  await network.up();
  const status = await network.run('status');
  expect(status).toMatchObject({ serving: true, nodesReady: 3 });
  expect(status.nodes[VICTIM - 1]).toMatchObject({
    running: true,
    ready: false,
    reason: expect.stringContaining('whose keys were made without it'),
  });
  await expectGoodKeys(network, [VICTIM]);
});
