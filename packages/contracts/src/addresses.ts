import type { Address } from 'viem';

/** The names under which the directory lists a network's contracts, in the order of their deployment. */
export const CONTRACT_NAMES = [
  'Directory',
  'KeymeshToken',
  'Staking',
  'PubkeyRouter',
  'PKPNFT',
  'PKPPermissions',
] as const;

export type ContractName = (typeof CONTRACT_NAMES)[number];

/** Where the contracts of one network are. */
export type ContractAddresses = Readonly<Record<ContractName, Address>>;
