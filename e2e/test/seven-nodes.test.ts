import { afterAll, expect, test } from 'vitest';
import { Client, rotationOf } from '../harness/client.ts';
import { decryptAs, encryptText, timestamp } from '../harness/conditions.ts';
import { TestNetwork } from '../harness/network.ts';
import { ALICE } from '../verifiers/chain.ts';
import { isGoodSignature, ONE_OF_EACH } from '../verifiers/signatures.ts';

const network = new TestNetwork('seven');
afterAll(() => network.end());

test('seven nodes: five sign and decrypt, also when two are dead; three dead are too many', async () => {
  const printed = await network.up('--nodes', '7');
  expect(printed).toMatchObject({ threshold: 5 });
  expect(printed.nodes).toHaveLength(7);
  const { tokenId } = await network.run('key', 'mint');
  const encrypted = await encryptText(network, [timestamp('>', 0)], 'seven');
  expect(await decryptAs(network, ALICE, encrypted)).toMatchObject({ data: 'seven', signers: [1, 2, 3, 4, 5] });

  const whole = await Client.connect(network);
  const { signers } = await whole.sign(tokenId, 'EcdsaK256Sha256', 'all there');
  expect(signers).toEqual(rotationOf(tokenId, { partyCount: 7, threshold: 5 }));

  await network.killNodes(1, 4);
  for (const scheme of ONE_OF_EACH) {
    const signed = await network.run('sign', '--key', tokenId, '--scheme', scheme, '--message', scheme);
    // Whoever begins the rotation, with two dead there is one set left.
    expect(signed).toMatchObject({ signers: [2, 3, 5, 6, 7], culprits: [] });
    expect(isGoodSignature(signed, scheme, tokenId)).toBe(true);
  }
  expect(await decryptAs(network, ALICE, encrypted)).toMatchObject({ data: 'seven', signers: [2, 3, 5, 6, 7] });

  await network.killNodes(7);
  for (const scheme of ['EcdsaK256Sha256', 'Bls12381']) {
    const { error } = await network.fail('sign', '--key', tokenId, '--scheme', scheme, '--message', 'x');
    expect(error).toMatchObject({
      code: 'sdk/too-few-nodes',
      message: expect.stringContaining('5 of 7 needed, 4 reachable'),
    });
  }
});
