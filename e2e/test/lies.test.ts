import { spawn } from 'node:child_process';
import { openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { decryptAs, encryptText, timestamp } from '../harness/conditions.ts';
import type { Printed } from '../harness/keymesh.ts';
import { useNetwork } from '../harness/network.ts';
import type { LieName } from '../lying-node/lies.ts';
import { ALICE } from '../verifiers/chain.ts';
import { isGoodSignature, SCHEMES } from '../verifiers/signatures.ts';

const LIAR = 2;
const FROST_SCHEMES = SCHEMES.filter((scheme) => scheme !== 'Bls12381');
const SECRET = 'nobody lies about this';
/** A request during which a node is silent takes a little longer, and not its full time. Milliseconds. */
const WITH_A_SILENT_NODE_MS_MAX = 15_000;

const network = useNetwork('lies');
let key: Printed;
let encrypted: Printed;

/** From now on node 2 tells this lie. */
function tell(lie: LieName): void {
  writeFileSync(network.path('lie'), lie);
}

const sign = (scheme: string): Promise<Printed> =>
  network.run('sign', '--key', key.tokenId, '--scheme', scheme, '--message', `about ${scheme}`);
const decrypt = (): Promise<Printed> => decryptAs(network, ALICE, encrypted);

function expectSigned(signed: Printed, parties: { signers: readonly number[]; culprits: readonly number[] }): void {
  expect(isGoodSignature(signed, `about ${signed.scheme}`, key.tokenId)).toBe(true);
  expect(signed).toMatchObject(parties);
}

beforeAll(async () => {
  key = await network.run('key', 'mint');
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

/** The liar is asked first by every new client, so that each request below meets it. */
const NAMED = { signers: [1, 3, 4], culprits: [LIAR] };
const HONEST = { signers: [1, 2, 3], culprits: [] };
const WORKED_AROUND = { signers: [1, 3, 4], culprits: [] };

test('the node of this test is a good one while it tells the truth', async () => {
  tell('none');
  for (const signed of await Promise.all(SCHEMES.map(sign))) {
    expectSigned(signed, { signers: [1, 2, 3], culprits: [] });
  }
  expect(await decrypt()).toMatchObject({ data: SECRET, signers: [1, 2, 3], culprits: [] });
});

describe('a node that lies about its shares is named, and the request succeeds without it', () => {
  test.each(['wrong-shares', 'garbage-shares', 'empty-shares', 'nonsense-answers', 'wrong-party'] as const)(
    '%s',
    async (lie) => {
      tell(lie);
      const [decrypted, ...signatures] = await Promise.all([decrypt(), ...SCHEMES.map(sign)]);
      for (const signed of signatures) expectSigned(signed, NAMED);
      expect(decrypted).toMatchObject({ data: SECRET, ...NAMED });
    },
  );
});

describe('a node that lies about its nonces is named, and the request succeeds without it', () => {
  test.each(['swapped-commitments', 'garbage-commitments', 'no-commitments'] as const)('%s', async (lie) => {
    tell(lie);
    for (const signed of await Promise.all(FROST_SCHEMES.map(sign))) expectSigned(signed, NAMED);
  });
});

describe('a node that is useless without a provable lie is worked around and not accused', () => {
  test.each(['refuses', 'silent', 'crashes', 'foreign-commitments'] as const)('%s', async (lie) => {
    tell(lie);
    const started = performance.now();
    const [decrypted, ...signatures] = await Promise.all([decrypt(), ...SCHEMES.map(sign)]);
    for (const signed of signatures) {
      // A BLS signature needs no commitments, so there that liar is as good as any.
      const unaffected = lie === 'foreign-commitments' && signed.scheme === 'Bls12381';
      expectSigned(signed, unaffected ? HONEST : WORKED_AROUND);
    }
    expect(decrypted).toMatchObject({ data: SECRET, ...(lie === 'foreign-commitments' ? HONEST : WORKED_AROUND) });
    expect(performance.now() - started).toBeLessThan(WITH_A_SILENT_NODE_MS_MAX);
  });
});

test('public keys that nobody voted for are not believed: three honest nodes are enough to connect', async () => {
  tell('wrong-keys');
  expectSigned(await sign('SchnorrEd25519Sha512'), WORKED_AROUND);
  expect((await network.run('key', 'show', key.tokenId)).publicKeys).toEqual(key.publicKeys);
});

test('with one honest node too few, the error names the liar', async () => {
  tell('wrong-shares');
  await network.killNodes(4);
  for (const scheme of SCHEMES) {
    const { exitCode, error } = await network.fail('sign', '--key', key.tokenId, '--scheme', scheme, '--message', 'x');
    expect(exitCode).toBe(1);
    expect(error).toMatchObject({
      code: 'sdk/too-few-nodes',
      fault: 'peer',
      culprits: [LIAR],
      message: expect.stringContaining('3 of 4 needed, 3 reachable, 1 of them with wrong answers'),
    });
  }
});
