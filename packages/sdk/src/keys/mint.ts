import { KEY_SET_ID, KEY_TYPE_SECP256K1, pkpNftAbi, pubkeyRouterAbi, REALM_ID } from '@keymesh/contracts';
import { toHex } from '@keymesh/foundation';
import { assertCid, multihashOf } from '@keymesh/protocol/cid';
import {
  type Account,
  type Hex,
  isAddressEqual,
  parseEventLogs,
  type TransactionReceipt,
  type WalletClient,
} from 'viem';
import { readContract, simulateContract, waitForTransactionReceipt } from 'viem/actions';
import type { ActionClaim } from '../actions/action-claims.ts';
import { invalidArgument, SdkError } from '../errors.ts';
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
  return mintWith(network, walletClient, (payment) =>
    boundTo === undefined
      ? simulateContract(network.chain, {
          ...{ ...payment, functionName: 'mintNext', args: [KEY_TYPE_SECP256K1, KEY_SET_ID] },
        } as const)
      : simulateContract(network.chain, {
          ...{ ...payment, functionName: 'mintGrantAndBurnNext' },
          args: [KEY_TYPE_SECP256K1, KEY_SET_ID, `0x${toHex(multihashOf(boundTo) ?? new Uint8Array(0))}`],
        } as const),
  );
}

export interface MintClaimedParameters {
  /** As of `mint`; its account must be the claimer. */
  readonly walletClient: WalletClient;
  /** Of a run's `claims`. */
  readonly claim: ActionClaim;
}

/**
 * Mints a key that a program claimed for the wallet. Its address was known before: `claimableKey`. The words of nodes
 * hold as long as these are members of the active epoch.
 *
 * @throws as `mint`; SdkError `sdk/chain-refused` also if the key is minted already.
 */
export async function mintClaimed(
  network: NetworkOnChain,
  { walletClient, claim }: MintClaimedParameters,
): Promise<MintedKey> {
  if (!isAddressEqual(accountOf(walletClient).address, claim.claimer as Hex)) {
    throw invalidArgument(
      'The key was claimed for another wallet.',
      `Mint it with the account ${claim.claimer}, or run the program with a session of this wallet.`,
    );
  }
  return mintWith(network, walletClient, (payment) =>
    simulateContract(network.chain, {
      ...{ ...payment, functionName: 'claimAndMint' },
      args: [REALM_ID, KEY_TYPE_SECP256K1, `0x${claim.derivedKeyId}`, claim.signatures, network.contracts.Staking],
    } as const),
  );
}

/** Minting calls the contract that derives keys, and what that refuses is to be told by its name. */
const MINT_ABI = [
  ...pkpNftAbi,
  ...pubkeyRouterAbi.filter(({ type }) => type === 'error'),
] as unknown as typeof pkpNftAbi;

interface Payment {
  readonly address: Hex;
  readonly abi: typeof pkpNftAbi;
  readonly account: Account;
  readonly value: bigint;
}

/** @param simulate makes the request of the transaction that mints. */
async function mintWith(
  network: NetworkOnChain,
  walletClient: WalletClient,
  simulate: (payment: Payment) => Promise<{ readonly request: unknown }>,
): Promise<MintedKey> {
  const account = accountOf(walletClient);
  try {
    await checkChain(network, walletClient);
    const token = { address: network.contracts.PKPNFT, abi: MINT_ABI } as const;
    const value = await readContract(network.chain, { ...token, functionName: 'mintCost' });
    const { request } = await simulate({ ...token, account, value });
    const hash = await walletClient.writeContract({ ...(request as object), chain: null } as never);
    const receipt = await waitForTransactionReceipt(network.chain, { hash, timeout: RECEIPT_TIMEOUT_MS });
    const tokenId = mintedToken(network, receipt);
    if (receipt.status !== 'success' || tokenId === undefined) throw mintFailed(hash);
    return { ...(await findKey(network, tokenId)), transactionHash: hash };
  } catch (thrown) {
    throw chainError(thrown, 'the mint of a key');
  }
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
