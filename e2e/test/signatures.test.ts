import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { SCHEMES as SCHEME_TABLE, type SchemeName, sign as signWithSdk } from '@keymesh/sdk';
import { deriveTweak } from '@keymesh/threshold/derivation';
import { createGroupKey } from '@keymesh/threshold/frost';
import { p256, p384 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak256, recoverAddress, toHex } from 'viem';
import { beforeAll, describe, expect, test } from 'vitest';
import { Client, rotationOf } from '../harness/client.ts';
import { type Printed, runKeymesh } from '../harness/keymesh.ts';
import { useNetwork } from '../harness/network.ts';
import {
  ALICE,
  addressOf,
  forbid,
  permit,
  readEthAddress,
  readKeyId,
  readMintedPublicKey,
  readRootKeys,
} from '../verifiers/chain.ts';
import { derivePublicKeys, isDecaf377Key, type PublicKeys, tokenIdOf } from '../verifiers/derivation.ts';
import {
  combineBls,
  combineEcdsa,
  combineFrost,
  type RawContext,
  type RawShare,
} from '../verifiers/reference-client.ts';
import {
  accountMessage,
  bytesOf,
  ECDSA_SCHEMES,
  FROST_SCHEMES,
  isGoodSignature,
  SCHEMES,
  signable,
} from '../verifiers/signatures.ts';

/** The longest message that is signed; docs/limits.md. Bytes. */
const MESSAGE_BYTES_MAX = 64 * 1024;
/** A node may use a permission that it read for so long. Milliseconds. */
const PERMISSION_AGE_MAX_MS = 1_000;
/** Those that a process of their own signs as well; for the others the SDK in this process is enough. */
const BY_COMMAND = ['EcdsaK256Sha256', 'EcdsaP384Sha384', 'SchnorrEd448Shake256', 'SchnorrRedDecaf377Blake2b512'];
/** Enough for recovery ids of both parities, but for one run in 2,000. */
const RECOVERIES = 12;
const ECDSA_CURVES = { EcdsaK256Sha256: secp256k1, EcdsaP256Sha256: p256, EcdsaP384Sha384: p384 } as const;

/** How public keys are written; docs/spec/network.md §8. */
const ENCODINGS: Readonly<Record<string, string>> = {
  EcdsaK256Sha256: 'sec1-compressed',
  EcdsaP256Sha256: 'sec1-compressed',
  EcdsaP384Sha384: 'sec1-compressed',
  SchnorrEd25519Sha512: 'ed25519',
  SchnorrEd448Shake256: 'ed448',
  SchnorrRistretto25519Sha512: 'ristretto255',
  SchnorrK256Sha256: 'sec1-compressed',
  SchnorrP256Sha256: 'sec1-compressed',
  SchnorrP384Sha384: 'sec1-compressed',
  SchnorrK256Taproot: 'bip340-x-only',
  SchnorrRedJubjubBlake2b512: 'redjubjub',
  SchnorrRedDecaf377Blake2b512: 'decaf377',
  SchnorrkelSubstrate: 'ristretto255',
  Bls12381: 'bls12381-g1',
};

const network = useNetwork('signatures');
let client: Client;
let key: Printed;
let roots: ReadonlyMap<number, Uint8Array>;
let keyId: Uint8Array;
let expected: PublicKeys;
let signers: readonly number[];

beforeAll(async () => {
  key = await network.run('key', 'mint');
  client = await Client.connect(network);
  [roots, keyId] = await Promise.all([readRootKeys(network.file), readKeyId(network.file, key.tokenId)]);
  expected = derivePublicKeys(roots, keyId);
  signers = rotationOf(key.tokenId);
});

const sign = (scheme: string, message: string): Promise<Printed> =>
  network.run('sign', '--key', key.tokenId, '--scheme', scheme, '--message', message);

function expectPublicKey(scheme: string, publicKey: Uint8Array): void {
  expect(publicKey).toEqual(bytesOf(key.publicKeys[scheme]));
  if (scheme === 'SchnorrRedDecaf377Blake2b512') expect(isDecaf377Key(roots, keyId, publicKey)).toBe(true);
  else expect(publicKey).toEqual(expected[scheme as keyof PublicKeys]);
}

test('the key that was minted is the one that follows from the root key on chain and its key id', async () => {
  expect(tokenIdOf(expected.uncompressed)).toBe(key.tokenId);
  expect(bytesOf(key.publicKey)).toEqual(expected.uncompressed);
  expect(await readMintedPublicKey(network.file, key.tokenId)).toEqual(expected.uncompressed);
  expect(Object.keys(key.publicKeys).sort()).toEqual([...SCHEMES].sort());
});

describe.each(SCHEMES)('%s', (scheme) => {
  test('its signature satisfies a verifier that is not ours, under the key computed from the chain', async () => {
    const message = `signed by ${scheme}: žluťoučký kůň`;
    const signed = await client.sign(key.tokenId, scheme, message);
    expect(signed).toMatchObject({ scheme, culprits: [] });
    if (scheme !== 'Bls12381') expect(signed.signers).toEqual(signers);
    expectPublicKey(scheme, signed.publicKey);
    expect(isGoodSignature(signed, message, key.tokenId)).toBe(true);
    // The verifier can say no.
    expect(isGoodSignature(signed, `${message}!`, key.tokenId)).toBe(false);
  });

  test('the client code of the reference network combines the raw shares of the nodes to the same', async () => {
    const message = randomBytes(40);
    client.wiretap.clear();
    const signed = await client.sign(key.tokenId, scheme, message);
    const shares = client.wiretap.shares.map(({ value }) => value as RawShare);
    expect(shares.map(({ party }) => party).sort()).toEqual(signed.signers);
    const context = contextOf(scheme, signable(scheme, message));
    const signature = Buffer.from(signed.signature).toString('hex');
    if (ECDSA_SCHEMES.includes(scheme)) {
      const text = await combineEcdsa(shares, context, nonceOf(scheme, shares, signed));
      const [r, s] = [signature.slice(0, signature.length / 2), signature.slice(signature.length / 2)];
      expect(text).toContain(r);
      expect(text).toContain(s);
      expect(JSON.parse(text)).toMatchObject({ recovery_id: signed.recoveryId });
    } else if (FROST_SCHEMES.includes(scheme)) {
      expect(await combineFrost(shares, context)).toContain(signature);
      const other = contextOf(scheme, randomBytes(40));
      await expect(combineFrost(shares, other)).rejects.toBeDefined();
    } else {
      expect(await combineBls(shares, context, accountMessage(key.tokenId, message))).toBe(signature);
    }
  });
});

/** What the reference client is told besides the shares. */
function contextOf(scheme: string, signed: Uint8Array): RawContext {
  const { root } = SCHEME_TABLE[scheme as SchemeName];
  const isFrost = FROST_SCHEMES.includes(scheme);
  const curve = client.network.curves[root as 'secp256k1'];
  const groupKey = isFrost
    ? createGroupKey(curve, client.network.roots[root], deriveTweak(root as 'secp256k1', keyId))
    : undefined;
  const verifyingShares = new Map(
    groupKey === undefined
      ? []
      : signers.map((party) => [party, Buffer.from(curve.encodePoint(groupKey.verifyingShare(party))).toString('hex')]),
  );
  const publicKey = key.publicKeys[scheme === 'SchnorrK256Taproot' ? 'SchnorrK256Sha256' : scheme].slice(2);
  return { scheme, signed: Buffer.from(signed).toString('hex'), publicKey, verifyingShares };
}

/** R, compressed: x from r, the sign from the recovery id, turned round where the sum of shares was too high an s. */
function nonceOf(
  scheme: string,
  shares: readonly RawShare[],
  signed: { readonly signature: Uint8Array; readonly recoveryId?: number },
): string {
  const { ORDER } = ECDSA_CURVES[scheme as keyof typeof ECDSA_CURVES].Point.Fn;
  const half = signed.signature.length / 2;
  const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  const [r, s] = [number(signed.signature.subarray(0, half)), number(signed.signature.subarray(half))];
  const recoveryId = signed.recoveryId as number;
  const sum = shares.reduce((total, { share }) => (total + BigInt(`0x${share}`)) % ORDER, 0n);
  expect([s, ORDER - s]).toContain(sum);
  const isOdd = (recoveryId & 1) === (sum === s ? 1 : 0);
  const x = recoveryId >= 2 ? r + ORDER : r;
  return `${isOdd ? '03' : '02'}${x.toString(16).padStart(2 * half, '0')}`;
}

test('an empty message and the longest one', async () => {
  const longest = randomBytes(MESSAGE_BYTES_MAX);
  for (const scheme of [...FROST_SCHEMES, 'Bls12381']) {
    for (const message of [new Uint8Array(0), longest]) {
      const signed = await client.sign(key.tokenId, scheme, message);
      expect({ scheme, good: isGoodSignature(signed, message, key.tokenId) }).toEqual({ scheme, good: true });
    }
  }
});

describe('threshold ECDSA', () => {
  test('recovery ids give the public key, and the address that the contract computed for the token', async () => {
    const address = await readEthAddress(network.file, key.tokenId);
    expect(address).toBe(key.address);
    const seen = new Set<number>();
    for (let i = 0; i < RECOVERIES; i++) {
      const message = randomBytes(20);
      const { signature, recoveryId } = await client.sign(key.tokenId, 'EcdsaK256Sha256', message);
      const [r, s] = [signature.subarray(0, 32), signature.subarray(32)].map((half) => toHex(half)) as [never, never];
      expect(recoveryId).toBeDefined();
      seen.add(recoveryId as number);
      const hash = signable('EcdsaK256Sha256', message);
      expect(await recoverAddress({ hash, signature: { r, s, yParity: (recoveryId as number) & 1 } })).toBe(address);
    }
    expect([...seen].sort()).toEqual([0, 1]);
  });

  test.each(ECDSA_SCHEMES)('%s: noble recovers the public key', async (scheme) => {
    const message = randomBytes(20);
    const { signature, recoveryId, publicKey } = await client.sign(key.tokenId, scheme, message);
    const { Signature } = ECDSA_CURVES[scheme as keyof typeof ECDSA_CURVES];
    const recoverable = Signature.fromBytes(signature, 'compact').addRecoveryBit(recoveryId as number);
    expect(recoverable.recoverPublicKey(signable(scheme, message)).toBytes(true)).toEqual(publicKey);
    expect(recoverable.hasHighS()).toBe(false);
  });

  test('what is no digest is refused before a node is asked', async () => {
    const { network: connected, session } = client;
    const request = { session, key: key.tokenId, scheme: 'EcdsaP384Sha384', message: new Uint8Array(32) } as const;
    client.wiretap.clear();
    await expect(signWithSdk(connected, request)).rejects.toMatchObject({
      code: 'sdk/invalid-argument',
      message: expect.stringContaining('48 bytes'),
    });
    expect(client.wiretap.sent).toEqual([]);
  });

  test('`keymesh sign` takes a digest as it is, and hashes with what Ethereum hashes with', async () => {
    const digest = randomBytes(32);
    const by = (...options: string[]): Promise<Printed> =>
      network.run('sign', '--key', key.tokenId, '--scheme', 'EcdsaK256Sha256', ...options);
    for (const [printed, hash] of [
      [await by('--hash', 'none', '--message-hex', digest.toString('hex')), toHex(digest)],
      [await by('--hash', 'keccak256', '--message-hex', digest.toString('hex')), keccak256(digest)],
    ] as const) {
      const signature = { r: printed.r, s: printed.s, yParity: printed.recoveryId & 1 };
      expect(await recoverAddress({ hash, signature })).toBe(key.address);
    }
  });
});

test.each(BY_COMMAND)('`keymesh sign` with %s', async (scheme) => {
  const printed = await sign(scheme, 'by command');
  expect(printed).toMatchObject({ scheme, signers, culprits: [] });
  expectPublicKey(scheme, bytesOf(printed.publicKey));
  expect(isGoodSignature(printed, 'by command', key.tokenId)).toBe(true);
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
    ['--message-hex', '0x73616D65'],
    ['--file', network.path('same.txt')],
  ];
  const scheme = 'SchnorrEd25519Sha512';
  const printed: Printed[] = await Promise.all(
    given.map((message) => network.run('sign', '--key', key.tokenId, '--scheme', scheme, ...message)),
  );
  expect(printed.map((one) => isGoodSignature(one, 'same', key.tokenId))).toEqual(given.map(() => true));
  expect(new Set(printed.map(({ signature }) => signature)).size).toBe(given.length);
});

test('a key answers to its token id in hex and decimal, and to its public key in both forms', async () => {
  const compressed = Buffer.from(expected.EcdsaK256Sha256 as Uint8Array).toString('hex');
  const references = [String(BigInt(key.tokenId)), key.publicKey, `0x${compressed}`, compressed];
  const shown = await Promise.all(references.map((reference) => network.run('key', 'show', reference)));
  expect(shown.map(({ tokenId }) => tokenId)).toEqual(references.map(() => key.tokenId));
});

test('a signature for one account is none for another, also under the BLS key that accounts share', async () => {
  const other = await client.mint();
  for (const scheme of ['Bls12381', 'EcdsaK256Sha256']) {
    const signed = await client.sign(key.tokenId, scheme, 'mine');
    const { publicKey } = await client.sign(other.tokenId, scheme, 'mine');
    expect(isGoodSignature(signed, 'mine', key.tokenId)).toBe(true);
    expect(isGoodSignature({ ...signed, publicKey }, 'mine', other.tokenId)).toBe(false);
  }
});

test('a stranger may sign while they are permitted, and neither before nor after', async () => {
  const asAlice = await Client.connect(network, ALICE);
  const denied = { code: 'permissions/denied', message: expect.stringContaining(addressOf(ALICE)) };
  const attempt = (scheme: string) => asAlice.sign(key.tokenId, scheme, 'for Alice');
  for (const scheme of ['EcdsaK256Sha256', 'SchnorrK256Sha256']) {
    await expect(attempt(scheme)).rejects.toMatchObject(denied);
  }
  await permit(network.file, key.tokenId, addressOf(ALICE));
  await new Promise((resolve) => setTimeout(resolve, PERMISSION_AGE_MAX_MS));
  for (const scheme of ['EcdsaK256Sha256', 'SchnorrK256Sha256']) {
    expect(isGoodSignature(await attempt(scheme), 'for Alice', key.tokenId)).toBe(true);
  }
  await forbid(network.file, key.tokenId, addressOf(ALICE));
  await new Promise((resolve) => setTimeout(resolve, PERMISSION_AGE_MAX_MS));
  for (const scheme of ['EcdsaK256Sha256', 'SchnorrK256Sha256']) {
    await expect(attempt(scheme)).rejects.toMatchObject(denied);
  }
});

// Last: it kills the nodes.
test('public keys are the same when no node runs: the chain is enough', async () => {
  await network.killNodes(1, 2, 3, 4);
  const shown = await network.run('key', 'show', key.tokenId);
  expect(shown.publicKeys).toEqual(key.publicKeys);
  expect((await network.run('key', 'list')).keys).toMatchObject([{ tokenId: key.tokenId }, {}]);
  const text = await runKeymesh(['key', 'show', key.tokenId, '--dir', network.directory]);
  expect(text.code).toBe(0);
  for (const scheme of SCHEMES) {
    const row = text.stdout.split('\n').find((line) => line.trim().startsWith(`${scheme} `));
    expect(row?.trim().split(/ +/)).toEqual([scheme, ENCODINGS[scheme], shown.publicKeys[scheme]]);
  }
});
