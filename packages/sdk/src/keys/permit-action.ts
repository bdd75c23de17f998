import { pkpPermissionsAbi, SCOPE_PERSONAL_SIGN, SCOPE_SIGN_ANYTHING } from '@keymesh/contracts';
import { toHex } from '@keymesh/foundation';
import { assertCid, multihashOf } from '@keymesh/protocol/cid';
import type { WalletClient } from 'viem';
import { simulateContract, waitForTransactionReceipt } from 'viem/actions';
import { SdkError } from '../errors.ts';
import { RECEIPT_TIMEOUT_MS } from '../limits.ts';
import { chainError } from '../network/chain-error.ts';
import type { NetworkOnChain } from '../network/network.ts';
import { type KeyReference, tokenIdOf } from './token-id.ts';
import { accountOf, checkChain } from './wallet-client.ts';

export interface PermitActionParameters {
  /** A viem wallet client with the account that owns the key, on the network's chain. */
  readonly walletClient: WalletClient;
  readonly key: KeyReference;
  /** CID of the program's text: `Qm…`, or a CIDv1 of the same hash. */
  readonly ipfsId: string;
}

/** What a program may sign: anything, or only texts as wallets sign them (EIP-191), of which no transaction is one. */
export type SigningScope = 'anything' | 'personal';

const SCOPES = { anything: SCOPE_SIGN_ANYTHING, personal: SCOPE_PERSONAL_SIGN } as const;

/**
 * Lets a program sign with a key, whoever runs it. It ends with `revokeAction`, and when the key changes hands.
 * @returns the hash of the transaction.
 * @throws SdkError `sdk/invalid-argument`, `sdk/chain-refused`, `sdk/chain-unreachable`; ProtocolError `cid/malformed`.
 */
export function permitAction(
  network: NetworkOnChain,
  parameters: PermitActionParameters & {
    /** Default `anything`. */
    readonly scope?: SigningScope;
  },
): Promise<string> {
  return change(network, parameters, SCOPES[parameters.scope ?? 'anything']);
}

/** Withdraws what `permitAction` gave. @returns and throws as that. */
export function revokeAction(network: NetworkOnChain, parameters: PermitActionParameters): Promise<string> {
  return change(network, parameters, undefined);
}

async function change(
  network: NetworkOnChain,
  { walletClient, key, ipfsId }: PermitActionParameters,
  /** Undefined to withdraw. */
  scope: bigint | undefined,
): Promise<string> {
  assertCid(ipfsId);
  const account = accountOf(walletClient);
  const tokenId = BigInt(tokenIdOf(key));
  const cid = `0x${toHex(multihashOf(ipfsId) ?? new Uint8Array(0))}` as const;
  const contract = { address: network.contracts.PKPPermissions, abi: pkpPermissionsAbi, account } as const;
  try {
    await checkChain(network, walletClient);
    const { request } =
      scope === undefined
        ? await simulateContract(network.chain, {
            ...{ ...contract, functionName: 'removePermittedAction', args: [tokenId, cid] },
          } as const)
        : await simulateContract(network.chain, {
            ...{ ...contract, functionName: 'addPermittedAction', args: [tokenId, cid, [scope]] },
          } as const);
    const hash = await walletClient.writeContract({ ...request, chain: null } as never);
    const { status } = await waitForTransactionReceipt(network.chain, { hash, timeout: RECEIPT_TIMEOUT_MS });
    if (status !== 'success') throw reverted(hash);
    return hash;
  } catch (thrown) {
    throw chainError(thrown, 'the permission of an action');
  }
}

function reverted(hash: string): SdkError {
  return new SdkError(`The transaction ${hash} was reverted.`, {
    code: 'sdk/chain-refused',
    fault: 'environment',
    hint: 'Look at the transaction on the chain; the permission has not changed.',
  });
}
