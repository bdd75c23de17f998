import { KEY_SET_ID, KEY_TYPE_SECP256K1, pkpNftAbi } from '@keymesh/contracts';
import { toHex } from '@keymesh/foundation';
import { assertCid, multihashOf } from '@keymesh/protocol/cid';
import { type Account, isAddressEqual, parseEventLogs, type TransactionReceipt, type WalletClient } from 'viem';
import { readContract, simulateContract, waitForTransactionReceipt } from 'viem/actions';
import { SdkError } from '../errors.ts';
import { RECEIPT_TIMEOUT_MS } from '../limits.ts';
import { chainError } from '../network/chain-error.ts';
import type { NetworkOnChain } from '../network/network.ts';
import { findKey } from './find-key.ts';
import type { Key } from './key.ts';
import { tokenIdText } from './token-id.ts';
import { accountOf, checkChain } from './wallet-client.ts';

export interface MintParameters {
  /** A viem wallet client with an account, on the network's chain. The account pays and owns the key. */
  readonly walletClient: WalletClient;
  /**
   * CID of a program that the key is bound to for ever: it may sign with it, whoever runs it, and nobody owns the key or
   * can permit anything else. Without it the account owns the key.
   */
  readonly boundTo?: string;
}

/** A fresh key and the transaction that minted it. */
export interface MintedKey extends Key {
  /** 0x and 64 digits. */
  readonly transactionHash: string;
}

/**
 * Mints a key: the contract derives its public key in the same transaction, so the network is not asked and no key
 * generation runs. The price is `PKPNFT.mintCost()` in wei.
 *
 * @throws SdkError `sdk/invalid-argument`, `sdk/chain-refused`, `sdk/chain-unreachable`, `sdk/chain-inconsistent`;
 *   ProtocolError `cid/malformed`.
 */
export async function mint(network: NetworkOnChain, { walletClient, boundTo }: MintParameters): Promise<MintedKey> {
  if (boundTo !== undefined) assertCid(boundTo);
  const account = accountOf(walletClient);
  try {
    await checkChain(network, walletClient);
    const hash = await sendMint(network, walletClient, account, boundTo);
    const receipt = await waitForTransactionReceipt(network.chain, { hash, timeout: RECEIPT_TIMEOUT_MS });
    const tokenId = mintedToken(network, receipt);
    if (receipt.status !== 'success' || tokenId === undefined) throw mintFailed(hash);
    return { ...(await findKey(network, tokenId)), transactionHash: hash };
  } catch (thrown) {
    throw chainError(thrown, 'the mint of a key');
  }
}

async function sendMint(
  network: NetworkOnChain,
  walletClient: WalletClient,
  account: Account,
  boundTo: string | undefined,
) {
  const token = { address: network.contracts.PKPNFT, abi: pkpNftAbi } as const;
  const value = await readContract(network.chain, { ...token, functionName: 'mintCost' });
  const payment = { ...token, account, value } as const;
  const { request } =
    boundTo === undefined
      ? await simulateContract(network.chain, {
          ...{ ...payment, functionName: 'mintNext', args: [KEY_TYPE_SECP256K1, KEY_SET_ID] },
        } as const)
      : await simulateContract(network.chain, {
          ...{ ...payment, functionName: 'mintGrantAndBurnNext' },
          args: [KEY_TYPE_SECP256K1, KEY_SET_ID, `0x${toHex(multihashOf(boundTo) ?? new Uint8Array(0))}`],
        } as const);
  return walletClient.writeContract({ ...request, chain: null } as never);
}

function mintedToken(network: NetworkOnChain, { logs }: TransactionReceipt): string | undefined {
  const ours = logs.filter(({ address }) => isAddressEqual(address, network.contracts.PKPNFT));
  const [minted] = parseEventLogs({ abi: pkpNftAbi, eventName: 'PKPMinted', logs: ours });
  return minted === undefined ? undefined : tokenIdText(minted.args.tokenId);
}

function mintFailed(hash: string): SdkError {
  return new SdkError(`The transaction ${hash} did not mint a key.`, {
    code: 'sdk/chain-refused',
    fault: 'environment',
    hint: 'Look at the transaction on the chain; nothing was paid beyond its gas.',
  });
}
