import {
  type ContractAddresses,
  findContracts,
  KEY_SET_ID,
  partiesOfBitmap,
  pubkeyRouterAbi,
  stakingAbi,
} from '@keymesh/contracts';
import { bigintToBytes, fromHex, KeymeshError, type PartyIndex } from '@keymesh/foundation';
import { type Address, BaseError, ContractFunctionRevertedError, type PublicClient } from 'viem';
import { SdkError } from '../errors.ts';
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
 * @throws SdkError `sdk/chain-unreachable`, `sdk/network-not-ready`.
 */
export async function readChainFacts(chain: PublicClient, directory: Address): Promise<ChainFacts> {
  try {
    const [chainId, contracts] = await Promise.all([chain.getChainId(), findContracts(chain, directory)]);
    const [view, rootKeys] = await Promise.all([
      chain.readContract({ address: contracts.Staking, abi: stakingAbi, functionName: 'activeEpoch' }),
      chain.readContract({
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

/** What a contract refused, by the name of its error; undefined if the failure is of another kind. */
export function revertName(thrown: unknown): string | undefined {
  if (!(thrown instanceof BaseError)) return undefined;
  const revert = thrown.walk((error) => error instanceof ContractFunctionRevertedError);
  return revert instanceof ContractFunctionRevertedError ? (revert.data?.errorName ?? revert.reason) : undefined;
}

/** A failed call to the chain as an error of ours; errors of ours pass. */
export function chainError(thrown: unknown, what: string): KeymeshError {
  if (thrown instanceof KeymeshError) return thrown;
  const revert = revertName(thrown);
  if (revert !== undefined) {
    return new SdkError(`The chain refused ${what}: ${revert}.`, {
      code: 'sdk/chain-refused',
      fault: 'caller',
      details: { revert },
      cause: thrown,
    });
  }
  const reason = thrown instanceof BaseError ? thrown.shortMessage : 'an unexpected error';
  return new SdkError(`The chain could not be asked for ${what}: ${reason}`, {
    code: 'sdk/chain-unreachable',
    fault: 'environment',
    hint: 'Check the RPC address and that the directory address is on that chain.',
    cause: thrown,
  });
}

function notReady(): SdkError {
  return new SdkError('The network has no active epoch yet: its keys are still being generated.', {
    code: 'sdk/network-not-ready',
    fault: 'environment',
    hint: 'Wait until its nodes answer GET /v1/ready with 200, and connect again.',
  });
}
