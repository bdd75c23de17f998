import {
  type ContractAddresses,
  EpochState,
  KEY_SET_ID,
  partiesOfBitmap,
  pubkeyRouterAbi,
  stakingAbi,
} from '@keymesh/contracts';
import { bigintToBytes, fromHex } from '@keymesh/foundation';
import { ROOT_KEY_NAMES, ROOT_KEYS } from '@keymesh/threshold';
import type { ContractFunctionReturnType, Hash, PublicClient } from 'viem';
import { NodeError } from '../errors.ts';
import type { ActiveEpoch, ChainSnapshot, Committee, Member, PendingKeyGeneration } from './chain.ts';

const KEY_BYTES = 32;

type EpochView = ContractFunctionReturnType<typeof stakingAbi, 'view', 'lockedEpoch'>;
type RootKeys = ContractFunctionReturnType<typeof pubkeyRouterAbi, 'view', 'getRootKeys'>;

/** Everything that the epoch logic needs, read at one block. @throws viem errors. */
export async function readSnapshot(
  client: PublicClient,
  contracts: ContractAddresses,
  chainId: number,
  block: { readonly number: bigint; readonly hash: Hash },
): Promise<ChainSnapshot> {
  // By hash (EIP-1898), so that a reorganisation in between cannot mix two states.
  const at = { blockHash: block.hash } as const;
  const staking = { address: contracts.Staking, abi: stakingAbi, ...at } as const;
  const [locked, active, rootKeys] = await Promise.all([
    client.readContract({ ...staking, functionName: 'lockedEpoch' }),
    client.readContract({ ...staking, functionName: 'activeEpoch' }),
    client.readContract({
      ...{ address: contracts.PubkeyRouter, abi: pubkeyRouterAbi, ...at },
      functionName: 'getRootKeys',
      args: [KEY_SET_ID],
    }),
  ]);
  return {
    block: { number: block.number, hash: block.hash },
    chainId,
    staking: contracts.Staking.toLowerCase(),
    pending: pendingOf(locked),
    active: activeOf(active, rootKeys),
  };
}

function pendingOf(view: EpochView): PendingKeyGeneration | undefined {
  if (view.number === 0n) return undefined;
  return {
    committee: committeeOf(view),
    attempt: view.attempt,
    excluded: partiesOfBitmap(view.excluded),
    retryVoters: partiesOfBitmap(view.retryVoters),
    resultVoters: partiesOfBitmap(view.keyGenerationVoters),
    ready: view.state === EpochState.ReadyForNextEpoch,
  };
}

function activeOf(view: EpochView, rootKeys: RootKeys): ActiveEpoch | undefined {
  if (view.number === 0n) return undefined;
  return {
    committee: committeeOf(view),
    attempt: view.attempt,
    excluded: partiesOfBitmap(view.excluded),
    resultHash: fromHex(view.resultHash),
    rootKeys: rootKeys.map(({ kind, pubkey }) => ({ name: rootKeyName(kind), publicKey: fromHex(pubkey) })),
  };
}

function committeeOf(view: EpochView): Committee {
  return {
    epoch: Number(view.number),
    threshold: view.threshold,
    members: view.members.map(
      (validator, i): Member => ({
        party: i + 1,
        nodeAddress: validator.nodeAddress.toLowerCase(),
        meshIdentity: bigintToBytes(validator.senderPubKey, KEY_BYTES),
        sealingKey: bigintToBytes(validator.receiverPubKey, KEY_BYTES),
        endpoint: validator.endpoint,
        meshEndpoint: validator.meshEndpoint,
      }),
    ),
  };
}

function rootKeyName(kind: number): (typeof ROOT_KEY_NAMES)[number] {
  const name = ROOT_KEY_NAMES.find((candidate) => ROOT_KEYS[candidate].kind === kind);
  if (name !== undefined) return name;
  throw new NodeError(`The chain holds a root key of the unknown kind ${kind}.`, {
    code: 'chain/unexpected-data',
    fault: 'environment',
    hint: 'The contracts are newer than this node: update it.',
  });
}
