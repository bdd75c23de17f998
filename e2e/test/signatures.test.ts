import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Printed } from '../harness/keymesh.ts';
import { useNetwork } from '../harness/network.ts';
import { ALICE, addressOf, forbid, permit, readKeyId, readMintedPublicKey, readRootKeys } from '../verifiers/chain.ts';
import { derivePublicKeys, type PublicKeys, tokenIdOf } from '../verifiers/derivation.ts';
import { bytesOf, isGoodSignature, SCHEMES } from '../verifiers/signatures.ts';

/** The longest message that is signed; docs/limits.md. Bytes. */
const MESSAGE_BYTES_MAX = 64 * 1024;
/** A node may use a permission that it read for so long. Milliseconds. */
const PERMISSION_AGE_MAX_MS = 1_000;

const network = useNetwork('signatures');
let key: Printed;
let expected: PublicKeys;

beforeAll(async () => {
  key = await network.run('key', 'mint');
  expected = derivePublicKeys(await readRootKeys(network.file), await readKeyId(network.file, key.tokenId));
});

const sign = (scheme: string, ...message: string[]): Promise<Printed> =>
  network.run('sign', '--key', key.tokenId, '--scheme', scheme, ...message);

test('the key that was minted is the one that follows from the root key on chain and its key id', async () => {
  expect(tokenIdOf(expected.uncompressed)).toBe(key.tokenId);
  expect(bytesOf(key.publicKey)).toEqual(expected.uncompressed);
  expect(await readMintedPublicKey(network.file, key.tokenId)).toEqual(expected.uncompressed);
});

describe.each(SCHEMES)('%s', (scheme) => {
  test('its signature satisfies a verifier that is not ours, under the key computed from the chain', async () => {
    const message = `signed by ${scheme}: žluťoučký kůň`;
    const printed = await sign(scheme, '--message', message);
    expect(printed).toMatchObject({ scheme, signers: [1, 2, 3], culprits: [] });
    expect(bytesOf(printed.publicKey)).toEqual(expected[scheme as keyof PublicKeys]);
    expect(isGoodSignature(printed, message, key.tokenId)).toBe(true);
    // The verifier can say no.
    expect(isGoodSignature(printed, `${message}!`, key.tokenId)).toBe(false);
  });

  test('an empty message and the longest one', async () => {
    const longest = randomBytes(MESSAGE_BYTES_MAX);
    const file = network.path(`longest-${scheme}.bin`);
    writeFileSync(file, longest);
    const [empty, long] = await Promise.all([sign(scheme, '--message', ''), sign(scheme, '--file', file)]);
    expect(isGoodSignature(empty, '', key.tokenId)).toBe(true);
    expect(isGoodSignature(long, longest, key.tokenId)).toBe(true);
  });
});

test('a message one byte too long is refused before a node is asked', async () => {
  writeFileSync(network.path('too-long.bin'), randomBytes(MESSAGE_BYTES_MAX + 1));
  const { exitCode, error } = await network.fail(
    ...['sign', '--key', key.tokenId, '--scheme', 'SchnorrEd25519Sha512', '--file', network.path('too-long.bin')],
  );
  expect(exitCode).toBe(1);
  expect(error).toMatchObject({ code: 'sdk/invalid-argument', message: expect.stringContaining('65537 bytes') });
});

test('hex, a file and text of the same bytes verify as the same message, each time with another signature', async () => {
  writeFileSync(network.path('same.txt'), 'same');
  const given = [
    ['--message', 'same'],
    ['--message-hex', '73616d65'],
    ['--message-hex', '0x73616D65'],
    ['--file', network.path('same.txt')],
  ];
  const printed = await Promise.all(given.map((message) => sign('SchnorrEd25519Sha512', ...message)));
  expect(printed.map((one) => isGoodSignature(one, 'same', key.tokenId))).toEqual(given.map(() => true));
  expect(new Set(printed.map(({ signature }) => signature)).size).toBe(given.length);
});

test('a key answers to its token id in hex and decimal, and to its public key in both forms', async () => {
  const compressed = Buffer.from(expected.SchnorrK256Sha256).toString('hex');
  const references = [String(BigInt(key.tokenId)), key.publicKey, `0x${compressed}`, compressed];
  const shown = await Promise.all(references.map((reference) => network.run('key', 'show', reference)));
  expect(shown.map(({ tokenId }) => tokenId)).toEqual(references.map(() => key.tokenId));
});

test('a signature for one account is none for another, also under the BLS key that accounts share', async () => {
  const other = await network.run('key', 'mint');
  const printed = await sign('Bls12381', '--message', 'mine');
  expect(isGoodSignature(printed, 'mine', key.tokenId)).toBe(true);
  expect(isGoodSignature(printed, 'mine', other.tokenId)).toBe(false);
});

test('a stranger may sign while they are permitted, and neither before nor after', async () => {
  const asAlice = { env: { KEYMESH_PRIVATE_KEY: ALICE } };
  const request = ['sign', '--key', key.tokenId, '--scheme', 'SchnorrK256Sha256', '--message', 'for Alice'];
  const denied = {
    exitCode: 1,
    error: { code: 'permissions/denied', fault: 'caller', message: expect.stringContaining(addressOf(ALICE)) },
  };
  expect(await network.failWith(asAlice, ...request)).toMatchObject(denied);
  await permit(network.file, key.tokenId, addressOf(ALICE));
  await new Promise((resolve) => setTimeout(resolve, PERMISSION_AGE_MAX_MS));
  const printed = await network.runWith(asAlice, ...request);
  expect(isGoodSignature(printed, 'for Alice', key.tokenId)).toBe(true);
  await forbid(network.file, key.tokenId, addressOf(ALICE));
  await new Promise((resolve) => setTimeout(resolve, PERMISSION_AGE_MAX_MS));
  expect(await network.failWith(asAlice, ...request)).toMatchObject(denied);
});
