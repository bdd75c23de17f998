import type { KeymeshError } from '@keymesh/foundation';
import { expect } from 'vitest';
import type { ChainSnapshot } from '../../src/chain/chain.ts';
import { ViemChain } from '../../src/chain/viem-chain.ts';
import { systemClock } from '../../src/composition/platform.ts';
import { type DeployedNetwork, nodeAccount } from './deployed-network.ts';

/** A chain as the node of one party follows it, with everything that it was told. */
export interface FollowedChain {
  readonly chain: ViemChain;
  readonly snapshots: ChainSnapshot[];
  readonly troubles: KeymeshError[];
  /** Tests make it throw. */
  onSnapshot: (snapshot: ChainSnapshot) => void;
  /** The first snapshot, from now on or already there, that is as wanted. */
  until(wanted: (snapshot: ChainSnapshot) => boolean): Promise<ChainSnapshot>;
}

export async function followAs(
  party: number,
  network: Pick<DeployedNetwork, 'rpcUrl' | 'contracts'>,
  pollIntervalMs = 20,
): Promise<FollowedChain> {
  const snapshots: ChainSnapshot[] = [];
  const troubles: KeymeshError[] = [];
  const followed: Omit<FollowedChain, 'chain'> = {
    ...{ snapshots, troubles, onSnapshot: () => {} },
    until: async (wanted) => {
      await expect.poll(() => snapshots.some(wanted), { timeout: 10_000 }).toBe(true);
      return snapshots.find(wanted) as ChainSnapshot;
    },
  };
  const chain = await ViemChain.connect(
    { rpcUrl: network.rpcUrl, directory: network.contracts.Directory, pollIntervalMs },
    {
      ...{ account: nodeAccount(party), clock: systemClock },
      onSnapshot: (snapshot) => {
        followed.onSnapshot(snapshot);
        snapshots.push(snapshot);
      },
      onTrouble: (error) => troubles.push(error),
    },
  );
  return Object.assign(followed, { chain });
}
