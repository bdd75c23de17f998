import { allowSigning, createSession, type MintedKey } from '@keymesh/sdk';
import { toViemAccount, type ViemAccount } from '@keymesh/sdk/viem';
import {
  type Address,
  concat,
  createWalletClient,
  encodeDeployData,
  type Hex,
  hashMessage,
  hashTypedData,
  http,
  pad,
  parseEther,
  parseGwei,
  parseSignature,
  parseTransaction,
  recoverAddress,
  recoverTransactionAddress,
  toHex,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { beforeAll, describe, expect, test } from 'vitest';
import { Client } from '../harness/client.ts';
import { useNetwork } from '../harness/network.ts';
import { addressOf, BOB, clientOf, DEVELOPER } from '../verifiers/chain.ts';

/** The precompile that recovers the signer's address from hash, v, r and s (yellow paper, appendix E). */
const ECRECOVER: Address = '0x0000000000000000000000000000000000000001';
const HALF_ORDER = 0x7fff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_5d57_6e73_57a4_501d_dfe9_2f46_681b_20a0n;
/** Runtime code that returns 42: PUSH1 42, PUSH1 0, MSTORE, PUSH1 32, PUSH1 0, RETURN; and its constructor. */
const CONSTANT_CONTRACT: Hex = '0x600a600c600039600a6000f3602a60005260206000f3';

const TYPED_DATA = {
  domain: { name: 'Keymesh', version: '1', chainId: 31_337 },
  types: {
    Person: [
      { name: 'name', type: 'string' },
      { name: 'wallet', type: 'address' },
    ],
    Mail: [
      { name: 'to', type: 'Person' },
      { name: 'contents', type: 'string' },
    ],
  },
  primaryType: 'Mail',
  message: { to: { name: 'Bob', wallet: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8' }, contents: 'Hello, Bob!' },
} as const;

const network = useNetwork('wallet');
let key: MintedKey;
let account: ViemAccount;

const chain = () => clientOf(network.file);
const walletOf = (from: ViemAccount | ReturnType<typeof privateKeyToAccount>) =>
  createWalletClient({ account: from, chain: foundry, transport: http(network.file.rpcUrl) });

beforeAll(async () => {
  const client = await Client.connect(network);
  key = await client.mint();
  const wallet = privateKeyToAccount(DEVELOPER);
  const session = await createSession(client.network, { wallet, capabilities: [allowSigning(key.tokenId)] });
  account = await toViemAccount(client.network, { session, key: key.tokenId });
  const hash = await walletOf(wallet).sendTransaction({ to: account.address, value: parseEther('2') });
  await chain().waitForTransactionReceipt({ hash });
});

describe('a transaction from a key that no machine has', () => {
  const recipient = addressOf(BOB);
  const spend = async (send: () => Promise<Hex>, value: bigint): Promise<Hex> => {
    const before = await Promise.all([recipient, account.address].map((address) => chain().getBalance({ address })));
    const hash = await send();
    const receipt = await chain().waitForTransactionReceipt({ hash });
    expect(receipt).toMatchObject({ status: 'success', from: account.address.toLowerCase() });
    const after = await Promise.all([recipient, account.address].map((address) => chain().getBalance({ address })));
    expect(after[0]).toBe((before[0] as bigint) + value);
    expect(after[1]).toBe((before[1] as bigint) - value - receipt.gasUsed * receipt.effectiveGasPrice);
    return hash;
  };

  test('of EIP-1559', async () => {
    const value = parseEther('0.25');
    const hash = await spend(() => walletOf(account).sendTransaction({ to: recipient, value }), value);
    const { type, r, s } = await chain().getTransaction({ hash });
    expect(type).toBe('eip1559');
    expect(BigInt(s)).toBeLessThanOrEqual(HALF_ORDER);
    expect(BigInt(r)).toBeGreaterThan(0n);
  });

  test('legacy, with the chain id of EIP-155', async () => {
    const value = parseEther('0.125');
    const hash = await spend(
      () => walletOf(account).sendTransaction({ to: recipient, value, type: 'legacy', gasPrice: parseGwei('3') }),
      value,
    );
    const { type, v } = await chain().getTransaction({ hash });
    expect(type).toBe('legacy');
    expect([35n, 36n]).toContain(v - 2n * 31_337n);
  });

  test('that makes a contract, which is there afterwards', async () => {
    const data = encodeDeployData({ abi: [], bytecode: CONSTANT_CONTRACT });
    const hash = await walletOf(account).sendTransaction({ data });
    const { contractAddress } = await chain().waitForTransactionReceipt({ hash });
    const { data: answer } = await chain().call({ to: contractAddress as Address });
    expect(answer).toBe(pad(toHex(42)));
  });

  test('signed and not sent: anybody recovers the sender from it', async () => {
    const serialized = await walletOf(account).signTransaction({
      ...{ to: recipient, value: 1n, nonce: 99, gas: 21_000n, type: 'eip2930', gasPrice: parseGwei('3') },
      accessList: [{ address: recipient, storageKeys: [pad('0x01')] }],
    });
    expect(parseTransaction(serialized)).toMatchObject({ type: 'eip2930', nonce: 99 });
    expect(await recoverTransactionAddress({ serializedTransaction: serialized as never })).toBe(account.address);
  });
});

describe('what contracts check on chain', () => {
  /** As a contract's `ecrecover` does. */
  const recoverOnChain = async (hash: Hex, signature: Hex): Promise<string> => {
    const { r, s, v } = parseSignature(signature);
    const data = concat([hash, pad(toHex(v as bigint)), r, s]);
    const { data: answer } = await chain().call({ to: ECRECOVER, data });
    return `0x${answer?.slice(-40)}`;
  };

  test('a message (EIP-191)', async () => {
    const message = 'žluťoučký kůň';
    const signature = await walletOf(account).signMessage({ message });
    expect(await chain().verifyMessage({ address: account.address, message, signature })).toBe(true);
    expect(await recoverOnChain(hashMessage(message), signature)).toBe(account.address.toLowerCase());
    expect(await recoverOnChain(hashMessage(`${message}!`), signature)).not.toBe(account.address.toLowerCase());
  });

  test('typed data (EIP-712)', async () => {
    const signature = await walletOf(account).signTypedData(TYPED_DATA);
    expect(await chain().verifyTypedData({ ...TYPED_DATA, address: account.address, signature })).toBe(true);
    expect(await recoverOnChain(hashTypedData(TYPED_DATA), signature)).toBe(account.address.toLowerCase());
    expect(await recoverAddress({ hash: hashTypedData(TYPED_DATA), signature })).toBe(key.address);
  });
});
