import { pkpNftAbi } from '@keymesh/contracts';
import { getAddress } from 'viem';
import { chainError } from '../network/chain-facts.ts';
import type { Network } from '../network/network.ts';
import { findKey, type Key, tokenIdText } from './key.ts';

/**
 * The keys that an address owns, in the order of the contract.
 * @param owner 0x and 40 digits.
 * @throws SdkError `sdk/chain-unreachable`.
 */
export async function listKeys(network: Network, owner: string): Promise<readonly Key[]> {
  const token = { address: network.contracts.PKPNFT, abi: pkpNftAbi } as const;
  const holder = getAddress(owner);
  try {
    const count = await network.chain.readContract({ ...token, functionName: 'balanceOf', args: [holder] });
    const ids = await Promise.all(
      Array.from({ length: Number(count) }, (_, i) =>
        network.chain.readContract({ ...token, functionName: 'tokenOfOwnerByIndex', args: [holder, BigInt(i)] }),
      ),
    );
    return await Promise.all(ids.map((id) => findKey(network, tokenIdText(id))));
  } catch (thrown) {
    throw chainError(thrown, 'the keys of an address');
  }
}
