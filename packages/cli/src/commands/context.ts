import { connect, connectToChain, type Network, type NetworkOnChain } from '@keymesh/sdk';
import { createWalletClient, type Hex, http, type WalletClient } from 'viem';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { CliError } from '../errors.ts';
import { DEVELOPMENT_PRIVATE_KEY } from '../local-network/chain.ts';
import { readNetworkFile, requireNetworkFile } from '../local-network/network-file.ts';

/** Options that every command which talks to a network takes. */
export interface NetworkOptions {
  readonly dir: string;
  readonly rpcUrl?: string;
  readonly directory?: string;
  readonly privateKey?: string;
}

/** Where the network is: named by `--rpc-url` and `--directory`, or the local one in `--dir`. */
export function locate(options: NetworkOptions): { readonly rpcUrl: string; readonly directory: string } {
  const { rpcUrl, directory } = options;
  if (rpcUrl !== undefined && directory !== undefined) return { rpcUrl, directory };
  if (rpcUrl !== undefined || directory !== undefined) {
    throw new CliError('--rpc-url and --directory belong together.', {
      code: 'cli/usage',
      fault: 'caller',
      hint: 'Give both for a remote network, or neither for the local one.',
    });
  }
  const file = requireNetworkFile(options.dir);
  return { rpcUrl: file.rpcUrl, directory: file.contracts.Directory };
}

export function connectTo(options: NetworkOptions): Promise<Network> {
  return connect(locate(options));
}

/** For what the chain alone knows, so that it works while nodes are down. */
export function connectToChainOf(options: NetworkOptions): Promise<NetworkOnChain> {
  return connectToChain(locate(options));
}

/**
 * The caller's account: `--private-key`, then KEYMESH_PRIVATE_KEY, then, on the local network only, the chain's first
 * development account.
 * @throws CliError `cli/usage`
 */
export function accountOf(options: NetworkOptions): PrivateKeyAccount {
  const given = options.privateKey ?? process.env.KEYMESH_PRIVATE_KEY;
  if (given !== undefined && given !== '') return parsePrivateKey(given);
  if (options.rpcUrl === undefined && readNetworkFile(options.dir) !== undefined) {
    return privateKeyToAccount(DEVELOPMENT_PRIVATE_KEY);
  }
  throw new CliError('No wallet was given.', {
    code: 'cli/usage',
    fault: 'caller',
    hint: 'Set KEYMESH_PRIVATE_KEY, or pass --private-key.',
  });
}

export function walletOf(options: NetworkOptions): WalletClient {
  return createWalletClient({ account: accountOf(options), transport: http(locate(options).rpcUrl) });
}

function parsePrivateKey(text: string): PrivateKeyAccount {
  const digits = text.trim().replace(/^0x/, '');
  try {
    if (/^[0-9a-fA-F]{64}$/.test(digits)) return privateKeyToAccount(`0x${digits}` as Hex);
  } catch {
    // Zero or above the order: the message below says enough, and must not repeat the key.
  }
  throw new CliError('The private key is not usable.', {
    code: 'cli/usage',
    fault: 'caller',
    hint: 'Give 64 hex digits, with or without 0x, of a number from 1 to the order of secp256k1.',
  });
}
