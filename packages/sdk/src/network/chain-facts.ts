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
import type { RootKeyOnChain } from './root-keys.ts';

const KEY_BYTES = 32;

/** What the contracts say of the network's keys. */
export interface KeyFacts {
  readonly chainId: number;
  readonly contracts: ContractAddresses;
  readonly rootKeys: readonly RootKeyOnChain[];
}

/** What the contracts say of the epoch in service. */
export interface ChainFacts extends KeyFacts {
  readonly epoch: number;
  readonly threshold: number;
  readonly nodes: readonly NetworkNode[];
  /** Members without a share of the epoch's keys. */
  readonly excluded: readonly PartyIndex[];
  readonly resultHash: Uint8Array;
}

/**
 * Reads the root keys from the contracts that the directory lists.
 * @throws SdkError `sdk/chain-unreachable`, `sdk/chain-refused`, `sdk/network-not-ready`; ContractsError
 *   `contracts/directory-incomplete`.
 */
export async function readKeyFacts(chain: ChainClient, directory: Address): Promise<KeyFacts> {
  try {
    const [chainId, contracts] = await Promise.all([getChainId(chain), findContracts(chain, directory)]);
    const rootKeys = await readRootKeys(chain, contracts);
    if (rootKeys.length === 0) throw notReady();
    return { chainId, contracts, rootKeys };
  } catch (thrown) {
    throw chainError(thrown, 'the root keys of the network');
  }
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
      readRootKeys(chain, contracts),
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
      rootKeys,
    };
  } catch (thrown) {
    throw chainError(thrown, 'the contracts of the network');
  }
}

/** Empty before key generation. */
async function readRootKeys(chain: ChainClient, contracts: ContractAddresses): Promise<readonly RootKeyOnChain[]> {
  const rootKeys = await readContract(chain, {
    ...{ address: contracts.PubkeyRouter, abi: pubkeyRouterAbi },
    functionName: 'getRootKeys',
    args: [KEY_SET_ID],
  });
  return rootKeys.map(({ kind, pubkey }) => ({ kind, publicKey: fromHex(pubkey) }));
}

function notReady(): SdkError {
  return new SdkError('The network has no active epoch yet: its keys are still being generated.', {
    code: 'sdk/network-not-ready',
    fault: 'environment',
    hint: 'Wait until its nodes answer GET /v1/ready with 200, and connect again.',
  });
}
