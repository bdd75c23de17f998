import type { Account, WalletClient } from 'viem';
import { getChainId } from 'viem/actions';
import { invalidArgument } from '../errors.ts';
import type { NetworkOnChain } from '../network/network.ts';

/** @throws SdkError `sdk/invalid-argument` for a wallet client without an account. */
export function accountOf({ account }: WalletClient): Account {
  if (account !== undefined) return account;
  throw invalidArgument(
    'The wallet client has no account.',
    'Create it with createWalletClient({ account, transport }).',
  );
}

/**
 * A wallet on another chain would send to an address that means something else there.
 * @throws SdkError `sdk/invalid-argument`.
 */
export async function checkChain(network: NetworkOnChain, walletClient: WalletClient): Promise<void> {
  const chainId = await getChainId(walletClient);
  if (chainId === network.chainId) return;
  throw invalidArgument(
    `The wallet is on chain ${chainId} and the network on chain ${network.chainId}.`,
    'Switch the wallet to the chain of the network.',
  );
}
