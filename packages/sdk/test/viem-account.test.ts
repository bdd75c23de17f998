import {
  createWalletClient,
  custom,
  keccak256,
  parseEther,
  parseTransaction,
  recoverAddress,
  recoverTransactionAddress,
  stringToHex,
} from 'viem';
import { recoverAuthorizationAddress, verifyAuthorization, verifyMessage, verifyTypedData } from 'viem/utils';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { endSession, type Network, type Session } from '../src/index.ts';
import { toViemAccount, type ViemAccount } from '../src/viem.ts';
import { CHAIN_ID } from './testnet/chain.ts';
import { freshConnection } from './testnet/connection.ts';
import { OWNER, Testnet, testBackends } from './testnet/testnet.ts';
import { fail, succeed, useVirtualTime } from './testnet/virtual-time.ts';

const testnet = new Testnet(4, await testBackends());
let network: Network;
let session: Session;
let account: ViemAccount;

beforeEach(async () => {
  useVirtualTime();
  ({ network, session } = await freshConnection(testnet));
  ({ value: account } = await succeed(() => toViemAccount(network, { session, key: testnet.tokenId })));
});
afterEach(() => {
  vi.useRealTimers();
});

test('is the account of the key', () => {
  expect(account).toMatchObject({ type: 'local', source: 'keymesh', key: { tokenId: testnet.tokenId } });
  expect(account.address).toBe(account.key.address);
  expect(account.publicKey).toBe(account.key.publicKey);
});

test('signs a hash', async () => {
  const hash = keccak256(stringToHex('anything'));
  const { value: signature } = await succeed(() => account.sign({ hash }));
  expect(await recoverAddress({ hash, signature })).toBe(account.address);
});

test.each([['a text'], [{ raw: '0x00ff' as const }], ['']])('signs a message: %j', async (message) => {
  const { value: signature } = await succeed(() => account.signMessage({ message }));
  const { address } = account;
  expect(await verifyMessage({ address, message, signature })).toBe(true);
  expect(await verifyMessage({ address, message: 'another text', signature })).toBe(false);
  expect(await verifyMessage({ address: OWNER.address, message, signature })).toBe(false);
});

test('signs typed data', async () => {
  const typed = {
    domain: { name: 'Keymesh', version: '1', chainId: 1, verifyingContract: OWNER.address },
    types: {
      Mail: [
        { name: 'to', type: 'address' },
        { name: 'text', type: 'string' },
      ],
    },
    primaryType: 'Mail',
    message: { to: OWNER.address, text: 'Hello' },
  } as const;
  const { value: signature } = await succeed(() => account.signTypedData(typed));
  const { address } = account;
  expect(await verifyTypedData({ address, ...typed, signature })).toBe(true);
  const other = { ...typed, message: { ...typed.message, text: 'Bye' } };
  expect(await verifyTypedData({ address, ...other, signature })).toBe(false);
});

describe('signs a transaction', () => {
  const transfer = { to: OWNER.address, value: parseEther('1'), nonce: 7, gas: 21_000n } as const;
  const fees = { maxFeePerGas: 2n, maxPriorityFeePerGas: 1n } as const;
  test.each([
    ['legacy', { type: 'legacy', chainId: 1, gasPrice: 2n, ...transfer }],
    ['legacy without EIP-155', { type: 'legacy', gasPrice: 2n, ...transfer }],
    ['eip2930', { type: 'eip2930', chainId: 1, gasPrice: 2n, accessList: [], ...transfer }],
    ['eip1559', { type: 'eip1559', chainId: 1, ...fees, ...transfer }],
    [
      'eip4844',
      {
        type: 'eip4844',
        chainId: 1,
        maxFeePerBlobGas: 3n,
        blobVersionedHashes: [`0x01${'ab'.repeat(31)}`],
        ...fees,
        ...transfer,
      },
    ],
    ['eip7702', { type: 'eip7702', chainId: 1, authorizationList: [], ...fees, ...transfer }],
  ] as const)('%s', async (_, transaction) => {
    const { value: serializedTransaction } = await succeed(() => account.signTransaction(transaction));
    expect(await recoverTransactionAddress({ serializedTransaction: serializedTransaction as `0x02${string}` })).toBe(
      account.address,
    );
    const parsed = parseTransaction(serializedTransaction);
    expect(parsed).toMatchObject({ ...transfer, to: OWNER.address.toLowerCase(), type: transaction.type });
  });

  test('with a serializer of a chain of its own', async () => {
    const serializer = vi.fn(
      (_: unknown, signature?: unknown) => (signature === undefined ? '0x1234' : '0xabcd') as '0x02',
    );
    const { value } = await succeed(() => account.signTransaction({ type: 'eip1559', chainId: 1 }, { serializer }));
    expect(value).toBe('0xabcd');
    const signature = serializer.mock.calls[1]![1] as { r: `0x${string}`; s: `0x${string}`; yParity: number };
    const hash = keccak256('0x1234');
    expect(await recoverAddress({ hash, signature })).toBe(account.address);
  });

  test('for a wallet client', async () => {
    const sent: unknown[] = [];
    const transport = custom({
      request: async ({ method, params }) => {
        if (method === 'eth_chainId') return `0x${CHAIN_ID.toString(16)}`;
        if (method !== 'eth_sendRawTransaction') throw new Error(`unexpected ${method}`);
        sent.push(params[0]);
        return `0x${'55'.repeat(32)}`;
      },
    });
    const client = createWalletClient({ account, transport });
    const request = { ...transfer, ...fees, chain: null, type: 'eip1559' } as const;
    await succeed(() => client.sendTransaction(request));
    expect(await recoverTransactionAddress({ serializedTransaction: sent[0] as `0x02${string}` })).toBe(
      account.address,
    );
  });
});

test('signs an authorization', async () => {
  const request = { contractAddress: OWNER.address, chainId: 1, nonce: 3 } as const;
  const { value: authorization } = await succeed(() => account.signAuthorization(request));
  expect(authorization).toMatchObject({ address: OWNER.address, chainId: 1, nonce: 3 });
  expect(await recoverAuthorizationAddress({ authorization })).toBe(account.address);
  expect(await verifyAuthorization({ address: account.address, authorization })).toBe(true);
  const other = { ...authorization, nonce: 4 };
  expect(await verifyAuthorization({ address: account.address, authorization: other })).toBe(false);
});

test('ends with its session', async () => {
  endSession(session);
  const { error } = await fail(() => account.signMessage({ message: 'late' }));
  expect(error).toMatchObject({ code: 'sdk/session-unusable' });
});
