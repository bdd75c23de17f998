import { createWalletClient, custom, getAddress, http, UserRejectedRequestError } from 'viem';
import { publicKeyToAddress } from 'viem/accounts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SdkError } from '../src/errors.ts';
import { allowSigning, findKey, type KeyReference, listKeys, mint, type Network } from '../src/index.ts';
import { CHAIN_ID, RPC_URL } from './testnet/chain.ts';
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
