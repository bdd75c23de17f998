import { pkpNftAbi } from '@keymesh/contracts';
import { getAddress, isAddress } from 'viem';
import { readContract } from 'viem/actions';
import { invalidArgument } from '../errors.ts';
import { KEYS_READ_AT_ONCE_COUNT } from '../limits.ts';
import { chainError } from '../network/chain-error.ts';
import type { NetworkOnChain } from '../network/network.ts';
import { findKey } from './find-key.ts';
import type { Key } from './key.ts';
import { tokenIdText } from './token-id.ts';

/**
 * The keys that an address owns, in the order of the contract.
 * @param owner 0x and 40 hex digits, in any letter case.
 * @throws SdkError `sdk/invalid-argument`, `sdk/chain-unreachable`, `sdk/chain-refused`, `sdk/chain-inconsistent`.
 */
export async function listKeys(network: NetworkOnChain, owner: string): Promise<readonly Key[]> {
  if (!isAddress(owner, { strict: false })) {
    throw invalidArgument('The owner is not an address.', 'Give 0x and 40 hex digits.');
  }
  const token = { address: network.contracts.PKPNFT, abi: pkpNftAbi } as const;
  const holder = getAddress(owner);
  const keyAt = async (position: bigint): Promise<Key> => {
    const id = await readContract(network.chain, {
      ...token,
      functionName: 'tokenOfOwnerByIndex',
      args: [holder, position],
    });
    return findKey(network, tokenIdText(id));
  };
  try {
    const count = await readContract(network.chain, { ...token, functionName: 'balanceOf', args: [holder] });
    const keys: Key[] = [];
    for (let first = 0n; first < count; first += BigInt(KEYS_READ_AT_ONCE_COUNT)) {
      const size = Math.min(KEYS_READ_AT_ONCE_COUNT, Number(count - first));
      keys.push(...(await Promise.all(Array.from({ length: size }, (_, i) => keyAt(first + BigInt(i))))));
    }
    return keys;
  } catch (thrown) {
    throw chainError(thrown, 'the keys of an address');
  }
}
