import { expect, test } from 'vitest';
import { runKeymesh } from '../harness/keymesh.ts';
import { useNetwork } from '../harness/network.ts';
import { readKeyId, readRootKeys } from '../verifiers/chain.ts';
import { derivePublicKeys } from '../verifiers/derivation.ts';

/** Every scheme of docs/spec/network.md §8, with the encoding of its public keys. */
const ENCODINGS = {
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

const network = useNetwork('key-show');

test('one minted token has a public key for every scheme, shown from the chain while every node is dead', async () => {
  const minted = await network.run('key', 'mint');
  await network.killNodes(1, 2, 3, 4);
  const roots = await readRootKeys(network.file);
  expect([...roots.values()].map(({ length }) => length)).toEqual([48, 33, 32, 48, 33, 49, 32, 57, 32, 32]);

  const shown = await network.run('key', 'show', minted.tokenId);
  expect(shown.publicKeys).toEqual(minted.publicKeys);
  expect(Object.keys(shown.publicKeys)).toEqual(Object.keys(ENCODINGS));
  const { uncompressed: _, ...derived } = derivePublicKeys(roots, await readKeyId(network.file, minted.tokenId));
  for (const [scheme, bytes] of Object.entries(derived)) {
    expect(shown.publicKeys[scheme], scheme).toBe(`0x${Buffer.from(bytes).toString('hex')}`);
  }
  // noble has no decaf377; the child key itself is checked against Python in packages/threshold/test/derivation.
  expect(shown.publicKeys.SchnorrRedDecaf377Blake2b512).toMatch(/^0x[0-9a-f]{64}$/);

  const { keys } = await network.run('key', 'list');
  expect(keys).toMatchObject([{ tokenId: minted.tokenId }]);

  const text = await runKeymesh(['key', 'show', minted.tokenId, '--dir', network.directory]);
  expect(text.code).toBe(0);
  for (const [scheme, encoding] of Object.entries(ENCODINGS)) {
    const row = text.stdout.split('\n').find((line) => line.trim().startsWith(`${scheme} `));
    expect(row?.trim().split(/ +/)).toEqual([scheme, encoding, shown.publicKeys[scheme]]);
  }
});
