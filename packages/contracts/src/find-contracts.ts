import type { Address, Chain, Client, Transport } from 'viem';
import { readContract } from 'viem/actions';
import { CONTRACT_NAMES, type ContractAddresses } from './addresses.ts';
import { ContractsError } from './errors.ts';
import { directoryAbi } from './generated/abi/directory.ts';

/**
 * Finds the contracts of a network. One `eth_call`.
 *
 * @param client any viem client of the network's chain, e.g. a `PublicClient`
 * @param directoryAddress address of the network's `Directory`
 * @throws ContractsError `contracts/directory-incomplete` if a name is missing
 * @throws errors of viem if the chain cannot be reached or there is no directory at the address
 */
export async function findContracts(
  client: Client<Transport, Chain | undefined>,
  directoryAddress: Address,
): Promise<ContractAddresses> {
  const [names, addresses] = await readContract(client, {
    address: directoryAddress,
    abi: directoryAbi,
    functionName: 'all',
  });
  const listed = new Map<string, Address | undefined>(names.map((name, i) => [name, addresses[i]]));
  listed.set('Directory', directoryAddress);
  const entries = CONTRACT_NAMES.map((name) => {
    const address = listed.get(name);
    if (address === undefined) {
      throw new ContractsError(`The directory at ${directoryAddress} does not list ${name}.`, {
        code: 'contracts/directory-incomplete',
        fault: 'environment',
        hint: 'Check the address: it may be the directory of another network or of an older version.',
        details: { directoryAddress, name },
      });
    }
    return [name, address] as const;
  });
  return Object.fromEntries(entries) as ContractAddresses;
}
