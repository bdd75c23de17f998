import { type Address, encodeDeployData, type Hex } from 'viem';
import type { ContractAddresses, ContractName } from './addresses.ts';
import { directoryAbi } from './generated/abi/directory.ts';
import { keymeshTokenAbi } from './generated/abi/keymeshToken.ts';
import { pkpNftAbi } from './generated/abi/pkpNft.ts';
import { pkpPermissionsAbi } from './generated/abi/pkpPermissions.ts';
import { pubkeyRouterAbi } from './generated/abi/pubkeyRouter.ts';
import { stakingAbi } from './generated/abi/staking.ts';
import { directoryBytecode } from './generated/bytecode/directory.ts';
import { keymeshTokenBytecode } from './generated/bytecode/keymeshToken.ts';
import { pkpNftBytecode } from './generated/bytecode/pkpNft.ts';
import { pkpPermissionsBytecode } from './generated/bytecode/pkpPermissions.ts';
import { pubkeyRouterBytecode } from './generated/bytecode/pubkeyRouter.ts';
import { stakingBytecode } from './generated/bytecode/staking.ts';

/** Version of the contract set, as the directory says it. */
export const CONTRACTS_VERSION = '0.1.0';

/** What can be chosen when a network is deployed. All but the mint cost is fixed from then on. */
export interface DeploymentParameters {
  /** Name of the network for people. */
  readonly chainName: string;
  /** True on test networks only: anyone may mint tokens. */
  readonly faucetEnabled: boolean;
  /** Tokens that the owner gets at the start, in the smallest unit (10⁻¹⁸). */
  readonly initialSupply: bigint;
  /** Least stake of an operator, in the token's smallest unit. */
  readonly minimumStake: bigint;
  /** Least members of a validator set, 3 … 100. */
  readonly minimumValidatorCount: number;
  readonly epochLengthSeconds: number;
  /** Time that members should allow for one attempt of key generation. Advice to nodes; no contract enforces it. */
  readonly keyGenerationTimeoutSeconds: number;
  /** Price of a key, in wei. */
  readonly mintCostWei: bigint;
  /**
   * Owner of `Directory` and `PKPNFT`; the deployer if absent. Another owner has to accept the directory
   * (`acceptOwnership`), because the deployer fills it first.
   */
  readonly owner?: Address;
}

/**
 * Creation code of one contract with its constructor's arguments.
 *
 * @param contracts where all contracts are going to be
 */
export function creationOf(
  name: ContractName,
  contracts: ContractAddresses,
  parameters: DeploymentParameters & { readonly owner: Address; readonly deployer: Address },
): Hex {
  const { owner, deployer } = parameters;
  switch (name) {
    case 'Directory':
      return encodeDeployData({
        abi: directoryAbi,
        bytecode: directoryBytecode,
        args: [deployer, parameters.chainName, CONTRACTS_VERSION],
      });
    case 'KeymeshToken':
      return encodeDeployData({
        abi: keymeshTokenAbi,
        bytecode: keymeshTokenBytecode,
        args: [owner, parameters.initialSupply, parameters.faucetEnabled],
      });
    case 'Staking':
      return encodeDeployData({
        abi: stakingAbi,
        bytecode: stakingBytecode,
        args: [
          contracts.KeymeshToken,
          contracts.PubkeyRouter,
          {
            minimumStake: parameters.minimumStake,
            minimumValidatorCount: parameters.minimumValidatorCount,
            epochLength: BigInt(parameters.epochLengthSeconds),
            keyGenerationTimeout: BigInt(parameters.keyGenerationTimeoutSeconds),
          },
        ],
      });
    case 'PubkeyRouter':
      return encodeDeployData({
        abi: pubkeyRouterAbi,
        bytecode: pubkeyRouterBytecode,
        args: [contracts.Staking, contracts.PKPNFT],
      });
    case 'PKPNFT':
      return encodeDeployData({
        abi: pkpNftAbi,
        bytecode: pkpNftBytecode,
        args: [owner, contracts.PubkeyRouter, parameters.mintCostWei],
      });
    case 'PKPPermissions':
      return encodeDeployData({
        abi: pkpPermissionsAbi,
        bytecode: pkpPermissionsBytecode,
        args: [contracts.PKPNFT],
      });
  }
}
