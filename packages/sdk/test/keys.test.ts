import { toHex } from '@keymesh/foundation';
import { nobleCurves } from '@keymesh/threshold/curves';
import { type DerivableCurveName, deriveChildPublicKey } from '@keymesh/threshold/derivation';
import { rootPublicKey } from '@keymesh/threshold/public-key-package';
import { createWalletClient, custom, getAddress, http, UserRejectedRequestError } from 'viem';
import { publicKeyToAddress } from 'viem/accounts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SdkError } from '../src/errors.ts';
import {
  allowSigning,
  connectToChain,
  findKey,
  type KeyReference,
  listKeys,
  mint,
  type Network,
  publicKeyFor,
  publicKeysOf,
  SCHEME_NAMES,
} from '../src/index.ts';
import { RootPublicKeys } from '../src/network/root-keys.ts';
import { CHAIN_ID, CONTRACTS, RPC_URL } from './testnet/chain.ts';
import { seededRandom } from './testnet/dealer.ts';
import { OWNER, Testnet, testBackends } from './testnet/testnet.ts';
import { fail, succeed, useVirtualTime } from './testnet/virtual-time.ts';

const four = new Testnet(4, await testBackends());
const { publicKey, compressed } = four.keyOf(four.keyId);
let network: Network;

beforeEach(async () => {
  useVirtualTime();
  four.reset();
  network = (await succeed(() => four.connect())).value;
  four.reset();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('findKey', () => {
  const references: Record<string, KeyReference> = {
    'a token id': four.tokenId,
    'a token id in capitals': `0x${four.tokenId.slice(2).toUpperCase()}`,
    'a token id without 0x': four.tokenId.slice(2),
    'a decimal token id': BigInt(four.tokenId).toString(),
    'a token id as a number': BigInt(four.tokenId),
    'a public key': publicKey,
    'a public key without 0x': publicKey.slice(2),
    'a compressed public key': `0x${compressed}`,
  };
  test.each(Object.entries(references))('by %s', async (_, reference) => {
    const { value: key } = await succeed(() => findKey(network, reference));
    expect(key).toEqual({
      ...{ tokenId: four.tokenId, keyId: four.keyId, publicKey },
      address: publicKeyToAddress(publicKey),
    });
  });

  test('asks the chain once', async () => {
    const { value: key } = await succeed(() => findKey(network, four.tokenId));
    await succeed(() => findKey(network, key));
    await succeed(() => findKey(network, publicKey));
    expect(four.chain.calls).toEqual(['keyIdOf']);
  });

  test.each([
    ['another token', `0x${'12'.repeat(32)}`],
    ['a number that is too large', (2n ** 256n).toString()],
    ['a negative number', -1n],
    ['nothing', ''],
    ['a word', 'alice'],
    ['33 bytes that are no point', `02${'ff'.repeat(32)}`],
    ['too many bytes', 'ab'.repeat(1_000)],
    ['null', null as unknown as string],
  ])('does not know %s', async (_, reference) => {
    const { error } = await fail(() => findKey(network, reference));
    expect(error).toMatchObject({ code: 'sdk/unknown-key', fault: 'caller' });
    expect(error.message.length).toBeLessThan(250);
  });

  test('a key id that does not give the token is refused: nodes would sign with another key', async () => {
    four.chain.state.minted.set(four.tokenId, { keyId: new Uint8Array(32), owner: OWNER.address, publicKey });
    const { error } = await fail(() => findKey(network, four.tokenId));
    four.chain.state.minted.set(four.tokenId, { keyId: four.keyId, owner: OWNER.address, publicKey });
    expect(error).toMatchObject({ code: 'sdk/chain-inconsistent' });
  });
});

describe('public keys', () => {
  /** The derivation that packages/threshold/test/derivation compares with noble alone and with Python. */
  const child = (root: DerivableCurveName) => {
    const curve = nobleCurves[root];
    const rootPoint = curve.decodePoint(rootPublicKey(four.world.keys.publicKeyPackage, root));
    return toHex(curve.encodePoint(deriveChildPublicKey(curve, rootPoint, four.keyId)));
  };
  const EXPECTED = {
    EcdsaK256Sha256: child('secp256k1'),
    EcdsaP256Sha256: child('p256'),
    EcdsaP384Sha384: child('p384'),
    SchnorrEd25519Sha512: child('ed25519'),
    SchnorrEd448Shake256: child('ed448'),
    SchnorrRistretto25519Sha512: child('ristretto255'),
    SchnorrK256Sha256: child('secp256k1'),
    SchnorrP256Sha256: child('p256'),
    SchnorrP384Sha384: child('p384'),
    SchnorrK256Taproot: child('secp256k1').slice(2),
    SchnorrRedJubjubBlake2b512: child('redjubjub'),
    SchnorrRedDecaf377Blake2b512: child('decaf377'),
    SchnorrkelSubstrate: child('ristretto255'),
    Bls12381: toHex(rootPublicKey(four.world.keys.publicKeyPackage, 'bls12381-sessions')),
  };
  const overChain = () =>
    connectToChain({
      rpcUrl: RPC_URL,
      directory: CONTRACTS.Directory,
      platform: { fetch: four.fetch },
      curves: four.world.curves,
    });

  test('for every scheme follow from the chain: no node is asked, not even for the connection', async () => {
    const { value: chainOnly } = await succeed(overChain);
    const { value: key } = await succeed(() => findKey(chainOnly, four.tokenId));
    const publicKeys = publicKeysOf(chainOnly, key);
    expect(Object.keys(publicKeys)).toEqual([...SCHEME_NAMES]);
    expect(Object.fromEntries(Object.entries(publicKeys).map(([name, bytes]) => [name, toHex(bytes)]))).toEqual(
      EXPECTED,
    );
    expect(new Set(four.fetched.map((url) => new URL(url).origin))).toEqual(new Set([RPC_URL]));
    expect(publicKeysOf(network, key)).toEqual(publicKeys);
    for (const scheme of SCHEME_NAMES) expect(publicKeyFor(network, key, scheme)).toEqual(publicKeys[scheme]);
  });

  test('are not the caller’s to change', () => {
    const key = { keyId: four.keyId };
    for (const scheme of SCHEME_NAMES) publicKeyFor(network, key, scheme).fill(0);
    expect(new Set(Object.values(publicKeysOf(network, key))).size).toBe(SCHEME_NAMES.length);
    expect(toHex(publicKeysOf(network, key).Bls12381)).toBe(EXPECTED.Bls12381);
    expect(toHex(publicKeysOf(network, key).EcdsaP256Sha256)).toBe(EXPECTED.EcdsaP256Sha256);
  });

  test('of a root key that is missing or no point are refused', async () => {
    const { value: chainOnly } = await succeed(overChain);
    const rootKeys = (kinds: readonly { kind: number; publicKey: Uint8Array }[]) => ({
      ...chainOnly,
      rootKeys: new RootPublicKeys(four.world.curves, kinds),
    });
    for (const kinds of [[], [{ kind: 5, publicKey: new Uint8Array(33).fill(0xff) }]]) {
      expect(() => publicKeyFor(rootKeys(kinds), { keyId: four.keyId }, 'EcdsaP256Sha256')).toThrow(
        expect.objectContaining({ code: 'sdk/chain-inconsistent' }),
      );
    }
  });

  test('a network without keys yet, and wrong arguments, are refused', async () => {
    const { keys } = four.chain.state;
    four.chain.state.keys = { ...keys, publicKeyPackage: { ...keys.publicKeyPackage, roots: [] } };
    const { error } = await fail(overChain);
    expect(error).toMatchObject({ code: 'sdk/network-not-ready' });
    const { error: wrong } = await fail(() => connectToChain({ rpcUrl: RPC_URL, directory: 'here' }));
    expect(wrong).toMatchObject({ code: 'sdk/invalid-argument' });
  });
});

describe('allowSigning', () => {
  test('names the token as nodes compare it', () => {
    const expected = { ability: 'pkp-signing', resourcePrefix: 'lit-pkp', resource: four.tokenId.slice(2) };
    expect(allowSigning(four.tokenId.toUpperCase().replace('0X', '0x'))).toEqual(expected);
    expect(allowSigning(publicKey)).toEqual(expected);
    expect(allowSigning(BigInt(four.tokenId).toString())).toEqual(expected);
    expect(allowSigning('*')).toMatchObject({ resource: '*' });
    expect(() => allowSigning('alice')).toThrow(SdkError);
  });
});

describe('listKeys', () => {
  test('lists what an address owns, however many', async () => {
    const made = Array.from({ length: 20 }, (_, i) => {
      const keyId = seededRandom(`listed/${i}`)(32);
      const { tokenId, publicKey: listed } = four.keyOf(keyId);
      four.chain.state.minted.set(tokenId, { keyId, owner: `0x${'0a'.repeat(20)}`, publicKey: listed });
      return tokenId;
    });
    const { value: keys } = await succeed(() => listKeys(network, `0x${'0A'.repeat(20)}`));
    expect(keys.map(({ tokenId }) => tokenId)).toEqual(made);
  });

  test('of nobody', async () => {
    expect((await succeed(() => listKeys(network, `0x${'0b'.repeat(20)}`))).value).toEqual([]);
    const { error } = await fail(() => listKeys(network, 'alice.eth'));
    expect(error).toMatchObject({ code: 'sdk/invalid-argument' });
  });
});

describe('mint', () => {
  const owner = getAddress(`0x${'0c'.repeat(20)}`);
  /** A wallet behind an endpoint that signs for it. */
  const wallet = (request = rpc) => createWalletClient({ account: owner, transport: custom({ request }) });
  const rpc = async (call: { readonly method: string; readonly params?: unknown }): Promise<unknown> => {
    const answer = (await four.chain.answer(JSON.stringify({ id: 1, params: [], ...call })).json()) as {
      result: unknown;
    };
    return answer.result;
  };
  const keyId = seededRandom('to be minted')(32);

  test('gives the key of the event of the right contract', async () => {
    four.chain.state.nextKey = { keyId, ...four.keyOf(keyId) };
    const { value: key } = await succeed(() => mint(network, { walletClient: wallet() }));
    expect(key).toMatchObject({ tokenId: four.keyOf(keyId).tokenId, keyId, transactionHash: `0x${'77'.repeat(32)}` });
  });

  test('a wallet on another chain sends nothing', async () => {
    const sent: string[] = [];
    const elsewhere = async (call: { readonly method: string }): Promise<unknown> => {
      sent.push(call.method);
      return call.method === 'eth_chainId' ? '0x1' : rpc(call);
    };
    const { error } = await fail(() => mint(network, { walletClient: wallet(elsewhere) }));
    expect(error).toMatchObject({ code: 'sdk/invalid-argument', fault: 'caller' });
    expect(error.message).toContain(`network on chain ${CHAIN_ID}`);
    expect(sent).toEqual(['eth_chainId']);
  });

  test('without an account', async () => {
    const walletClient = createWalletClient({ transport: http(RPC_URL) });
    const { error } = await fail(() => mint(network, { walletClient }));
    expect(error).toMatchObject({ code: 'sdk/invalid-argument' });
  });

  test('a person who declines is not a chain that cannot be reached', async () => {
    const declining = async (call: { readonly method: string }): Promise<unknown> => {
      if (call.method === 'eth_sendTransaction') throw new UserRejectedRequestError(new Error('no'));
      return rpc(call);
    };
    const { error } = await fail(() => mint(network, { walletClient: wallet(declining) }));
    expect(error).toMatchObject({ code: 'sdk/chain-refused', fault: 'caller' });
  });

  test('a transaction that mints nothing', async () => {
    const { error } = await fail(() => mint(network, { walletClient: wallet() }));
    expect(error).toMatchObject({ code: expect.stringMatching(/^sdk\/chain-/) });
  });
});
