import { spawn } from 'node:child_process';
import { openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MintedKey } from '@keymesh/sdk';
import { beforeAll, describe, expect, test } from 'vitest';
import { Client } from '../harness/client.ts';
import { decryptAs, encryptText, timestamp } from '../harness/conditions.ts';
import type { Printed } from '../harness/keymesh.ts';
import { useNetwork } from '../harness/network.ts';
import type { LieName } from '../lying-node/lies.ts';
import { ALICE } from '../verifiers/chain.ts';
import { isGoodSignature, ONE_OF_EACH, SCHEMES } from '../verifiers/signatures.ts';

const LIAR = 2;
/** Those whose signers need a preparation: BLS has none to lie about. */
const PREPARED_SCHEMES = ONE_OF_EACH.filter((scheme) => scheme !== 'Bls12381');
const SECRET = 'nobody lies about this';
/**
 * A request during which a node is silent costs the signers' patience, `SIGNING_STEP_TIMEOUT_MS`, and not its full time.
 * Milliseconds.
 */
const WITH_A_SILENT_NODE_MS_MAX = 9_000;

const network = useNetwork('lies');
let key: MintedKey;
let encrypted: Printed;

/** From now on node 2 tells this lie. */
function tell(lie: LieName): void {
  writeFileSync(network.path('lie'), lie);
}

/** With a client that knows nothing of the liar yet, and asks it first. */
async function sign(scheme: string, message = `about ${scheme}`): Promise<Printed> {
  const client = await Client.connect(network);
  return client.sign(key.tokenId, scheme, message);
}
const decrypt = (): Promise<Printed> => decryptAs(network, ALICE, encrypted);

function expectSigned(signed: Printed, parties: { signers: readonly number[]; culprits: readonly number[] }): void {
  expect(isGoodSignature(signed, `about ${signed.scheme}`, key.tokenId)).toBe(true);
  expect({ scheme: signed.scheme, signers: signed.signers, culprits: signed.culprits }).toEqual({
    scheme: signed.scheme,
    ...parties,
  });
}

beforeAll(async () => {
  key = await (await Client.connect(network)).mintAt(LIAR);
  encrypted = await encryptText(network, [timestamp('>', 0)], SECRET);
  await network.killNodes(LIAR);
  tell('none');
  const log = openSync(network.path('liar.log'), 'a');
  const config = network.path(`node-${LIAR}`, 'node.json');
  const liar = spawn(
    process.execPath,
    [
      ...['--disable-warning=ExperimentalWarning', join(import.meta.dirname, '../lying-node/main.ts')],
      ...['--config', config, '--lie-file', network.path('lie')],
    ],
    { stdio: ['ignore', log, log], detached: true },
  );
  liar.unref();
  await network.untilReady([LIAR]);
});

/** The key's rotation begins at the liar, so that each request below meets it. */
const NAMED = { signers: [1, 3, 4], culprits: [LIAR] };
const HONEST = { signers: [2, 3, 4], culprits: [] };
const WORKED_AROUND = { signers: [1, 3, 4], culprits: [] };
/** BLS and decryption ask the first t parties. */
const HONEST_WITHOUT_SET = { signers: [1, 2, 3], culprits: [] };

test('the node of this test is a good one while it tells the truth', async () => {
  tell('none');
  for (const scheme of SCHEMES) {
    expectSigned(await sign(scheme), scheme === 'Bls12381' ? HONEST_WITHOUT_SET : HONEST);
  }
  expect(await decrypt()).toMatchObject({ data: SECRET, ...HONEST_WITHOUT_SET });
});

describe('a node that lies about its shares is named, and the request succeeds without it', () => {
  test.each(['wrong-shares', 'garbage-shares', 'empty-shares', 'nonsense-answers', 'wrong-party'] as const)(
    '%s',
    async (lie) => {
      tell(lie);
      for (const scheme of lie === 'wrong-shares' ? SCHEMES : ONE_OF_EACH) expectSigned(await sign(scheme), NAMED);
      expect(await decrypt()).toMatchObject({ data: SECRET, ...NAMED });
    },
  );
});

describe('a node that lies about its preparations is named, and the request succeeds without it', () => {
  test.each([
    'swapped-commitments',
    'garbage-commitments',
    'no-commitments',
    'other-preparation',
    'answers-again',
  ] as const)('%s', async (lie) => {
    tell(lie);
    for (const scheme of PREPARED_SCHEMES) {
      if (lie === 'answers-again') await sign(scheme, 'about something else');
      expectSigned(await sign(scheme), NAMED);
    }
  });
});

describe('a node that is useless without a provable lie is worked around and not accused', () => {
  test.each(['refuses', 'silent', 'crashes', 'accuses'] as const)('%s', async (lie) => {
    tell(lie);
    for (const scheme of lie === 'accuses' ? PREPARED_SCHEMES : ONE_OF_EACH) {
      const started = performance.now();
      expectSigned(await sign(scheme), WORKED_AROUND);
      expect(performance.now() - started).toBeLessThan(WITH_A_SILENT_NODE_MS_MAX);
    }
    if (lie !== 'accuses') expect(await decrypt()).toMatchObject({ data: SECRET, ...WORKED_AROUND });
  });
});

test('a public key that the node makes up misleads nobody', async () => {
  tell('foreign-public-key');
  for (const scheme of PREPARED_SCHEMES) expectSigned(await sign(scheme), HONEST);
});

test('public keys that nobody voted for are not believed: three honest nodes are enough to connect', async () => {
  tell('wrong-keys');
  expectSigned(await sign('SchnorrEd25519Sha512'), WORKED_AROUND);
});

test('the command names the liar, too', async () => {
  tell('wrong-shares');
  const scheme = 'EcdsaK256Sha256';
  const printed = await network.run(
    ...['sign', '--key', key.tokenId, '--scheme', scheme, '--message', `about ${scheme}`],
  );
  expectSigned(printed, NAMED);
});

test('with one honest node too few, the error names the liar', async () => {
  tell('wrong-shares');
  await network.killNodes(4);
  for (const scheme of ONE_OF_EACH) {
    await expect(sign(scheme)).rejects.toMatchObject({
      code: 'sdk/too-few-nodes',
      fault: 'peer',
      culprits: [LIAR],
      message: expect.stringContaining('3 of 4 needed, 3 reachable, 1 of them with wrong answers'),
    });
  }
});
