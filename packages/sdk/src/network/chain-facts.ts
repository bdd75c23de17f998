import {
  type ContractAddresses,
  findContracts,
  KEY_SET_ID,
  partiesOfBitmap,
  pubkeyRouterAbi,
  stakingAbi,
} from '@keymesh/contracts';
import { bigintToBytes, fromHex, type PartyIndex } from '@keymesh/foundation';
import type { Address } from 'viem';
import { getChainId, readContract } from 'viem/actions';
import { SdkError } from '../errors.ts';
import type { ChainClient } from './chain-client.ts';
import { chainError } from './chain-error.ts';
import type { NetworkNode } from './network.ts';

const KEY_BYTES = 32;

/** What the contracts say of the epoch in service. */
export interface ChainFacts {
  readonly chainId: number;
  readonly contracts: ContractAddresses;
  readonly epoch: number;
  readonly threshold: number;
  readonly nodes: readonly NetworkNode[];
  /** Members without a share of the epoch's keys. */
  readonly excluded: readonly PartyIndex[];
  readonly resultHash: Uint8Array;
  readonly rootKeys: readonly { readonly kind: number; readonly publicKey: Uint8Array }[];
}

/**
 * Reads the epoch in service from the contracts that the directory lists.
 * @throws SdkError `sdk/chain-unreachable`, `sdk/chain-refused`, `sdk/network-not-ready`; ContractsError
 *   `contracts/directory-incomplete`.
 */
export async function readChainFacts(chain: ChainClient, directory: Address): Promise<ChainFacts> {
  try {
    const [chainId, contracts] = await Promise.all([getChainId(chain), findContracts(chain, directory)]);
    const [view, rootKeys] = await Promise.all([
      readContract(chain, { address: contracts.Staking, abi: stakingAbi, functionName: 'activeEpoch' }),
      readContract(chain, {
        ...{ address: contracts.PubkeyRouter, abi: pubkeyRouterAbi },
        functionName: 'getRootKeys',
        args: [KEY_SET_ID],
      }),
    ]);
    if (view.number === 0n) throw notReady();
    return {
      chainId,
      contracts,
      epoch: Number(view.number),
      threshold: view.threshold,
      nodes: view.members.map((member, i) => ({
        party: i + 1,
        url: member.endpoint.replace(/\/$/, ''),
        address: member.nodeAddress.toLowerCase(),
        meshIdentity: bigintToBytes(member.senderPubKey, KEY_BYTES),
        sealingKey: bigintToBytes(member.receiverPubKey, KEY_BYTES),
      })),
      excluded: partiesOfBitmap(view.excluded),
      resultHash: fromHex(view.resultHash),
      rootKeys: rootKeys.map(({ kind, pubkey }) => ({ kind, publicKey: fromHex(pubkey) })),
    };
  } catch (thrown) {
    throw chainError(thrown, 'the contracts of the network');
  }
}

function notReady(): SdkError {
  return new SdkError('The network has no active epoch yet: its keys are still being generated.', {
    code: 'sdk/network-not-ready',
    fault: 'environment',
    hint: 'Wait until its nodes answer GET /v1/ready with 200, and connect again.',
  });
}
