import { type ContractAddresses, keymeshTokenAbi, stakingAbi } from '@keymesh/contracts';
import { bytesToBigint } from '@keymesh/foundation';
import { createPublicClient, createTestClient, createWalletClient, http, parseEther } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { DEVELOPMENT_PRIVATE_KEY } from './chain.ts';
import type { NewNode } from './node-setup.ts';

/** 127.0.0.1 as the number that the reference's SDK turns into an address. */
const LOOPBACK_IPV4 = 0x7f00_0001;
/** What each node's account gets for its votes. */
const NODE_FUNDS_WEI = parseEther('100');
/** Pause between two looks for a receipt. Milliseconds. */
const RECEIPT_POLL_INTERVAL_MS = 20;

/**
 * Stakes for every node of a local network and locks the set. On a local chain one development account may own all
 * test tokens, but each node needs an operator of its own, so the operator of a node is the node's account,
 * impersonated.
 */
export async function joinAndLock(network: {
  readonly rpcUrl: string;
  readonly contracts: ContractAddresses;
  readonly nodes: readonly NewNode[];
}): Promise<{ readonly threshold: number }> {
  const { rpcUrl, contracts, nodes } = network;
  const transport = http(rpcUrl);
  const chain = createPublicClient({ transport, pollingInterval: RECEIPT_POLL_INTERVAL_MS });
  const anvil = createTestClient({ mode: 'anvil', transport });
  const { minimumStake } = await chain.readContract({
    ...{ address: contracts.Staking, abi: stakingAbi },
    functionName: 'parameters',
  });
  // In order: the order of joining is the order of party indices.
  for (const node of nodes) {
    await anvil.setBalance({ address: node.address, value: NODE_FUNDS_WEI });
    await anvil.impersonateAccount({ address: node.address });
    const operator = createWalletClient({ account: node.address, transport });
    const send = async (request: Parameters<typeof operator.writeContract>[0]): Promise<void> => {
      const hash = await operator.writeContract(request);
      await chain.waitForTransactionReceipt({ hash });
    };
    const token = { address: contracts.KeymeshToken, abi: keymeshTokenAbi, chain: null } as const;
    await send({ ...token, functionName: 'faucet' });
    await send({ ...token, functionName: 'approve', args: [contracts.Staking, minimumStake] });
    await send({
      ...{ address: contracts.Staking, abi: stakingAbi, chain: null },
      functionName: 'stakeAndJoin',
      args: [
        LOOPBACK_IPV4,
        0n,
        Number(new URL(node.local.url).port),
        node.address,
        bytesToBigint(node.meshIdentity),
        bytesToBigint(node.sealingKey),
        node.local.url,
        `127.0.0.1:${node.local.meshPort}`,
        minimumStake,
      ],
    });
    await anvil.stopImpersonatingAccount({ address: node.address });
  }
  const wallet = createWalletClient({ account: privateKeyToAccount(DEVELOPMENT_PRIVATE_KEY), transport });
  const hash = await wallet.writeContract({
    ...{ address: contracts.Staking, abi: stakingAbi, chain: null },
    functionName: 'lockValidatorsForNextEpoch',
  });
  await chain.waitForTransactionReceipt({ hash });
  const locked = await chain.readContract({
    ...{ address: contracts.Staking, abi: stakingAbi },
    functionName: 'lockedEpoch',
  });
  return { threshold: locked.threshold };
}
