import { KEY_SET_ID, KEY_TYPE_SECP256K1, pkpNftAbi } from '@keymesh/contracts';
import { type Account, parseEventLogs, type WalletClient } from 'viem';
import { SdkError } from '../errors.ts';
import { CHAIN_CALL_TIMEOUT_MS } from '../limits.ts';
import { chainError } from '../network/chain-facts.ts';
import type { Network } from '../network/network.ts';
import { findKey, type Key, tokenIdText } from './key.ts';

export interface MintParameters {
  /** A viem wallet client with an account, on the network's chain. The account pays and owns the key. */
  readonly walletClient: WalletClient;
}

/** A fresh key and the transaction that minted it. */
export interface MintedKey extends Key {
  readonly transactionHash: string;
}

/**
 * Mints a key: the contract derives its public key in the same transaction, so the network is not asked and no key
 * generation runs. The price is `PKPNFT.mintCost()` in wei.
 *
 * @throws SdkError `sdk/invalid-argument`, `sdk/chain-refused`, `sdk/chain-unreachable`.
 */
export async function mint(network: Network, { walletClient }: MintParameters): Promise<MintedKey> {
  const { account } = walletClient;
  if (account === undefined) throw noAccount();
  try {
    const hash = await sendMint(network, walletClient, account);
    const receipt = await network.chain.waitForTransactionReceipt({ hash, timeout: CHAIN_CALL_TIMEOUT_MS });
    const [minted] = parseEventLogs({ abi: pkpNftAbi, eventName: 'PKPMinted', logs: receipt.logs });
    if (receipt.status !== 'success' || minted === undefined) throw mintFailed(hash);
    const key = await findKey(network, tokenIdText(minted.args.tokenId));
    return { ...key, transactionHash: hash };
  } catch (thrown) {
    throw chainError(thrown, 'the mint of a key');
  }
}

async function sendMint(network: Network, walletClient: WalletClient, account: Account) {
  const token = { address: network.contracts.PKPNFT, abi: pkpNftAbi } as const;
  const value = await network.chain.readContract({ ...token, functionName: 'mintCost' });
  const { request } = await network.chain.simulateContract({
    ...token,
    functionName: 'mintNext',
    args: [KEY_TYPE_SECP256K1, KEY_SET_ID],
    account,
    value,
  });
  return walletClient.writeContract({ ...request, chain: null });
}

function noAccount(): SdkError {
  return new SdkError('The wallet client has no account.', {
    code: 'sdk/invalid-argument',
    fault: 'caller',
    hint: 'Create it with createWalletClient({ account, transport }).',
  });
}

function mintFailed(hash: string): SdkError {
  return new SdkError(`The transaction ${hash} did not mint a key.`, {
    code: 'sdk/chain-refused',
    fault: 'environment',
    hint: 'Look at the transaction on the chain; nothing was paid beyond its gas.',
  });
}
