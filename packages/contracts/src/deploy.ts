import {
  type Account,
  type Address,
  type Chain,
  createPublicClient,
  createWalletClient,
  getContractAddress,
  type Hex,
  http,
  isAddressEqual,
  type PublicClient,
  parseEther,
  type Transport,
  type WalletClient,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { CONTRACT_NAMES, type ContractAddresses, type ContractName } from './addresses.ts';
import { creationOf, type DeploymentParameters } from './creation.ts';
import { ContractsError } from './errors.ts';
import { directoryAbi } from './generated/abi/directory.ts';

export type { DeploymentParameters } from './creation.ts';

/** How often a receipt is asked for, in milliseconds. */
const RECEIPT_POLL_MS = 100;

/** Parameters of a local network: a faucet, free keys, the smallest set. */
export const LOCAL_PARAMETERS: DeploymentParameters = {
  chainName: 'keymesh-local',
  faucetEnabled: true,
  initialSupply: 0n,
  minimumStake: parseEther('100'),
  minimumValidatorCount: 3,
  epochLengthSeconds: 3600,
  keyGenerationTimeoutSeconds: 60,
  mintCostWei: 0n,
};

/** A chain and an account that pays, either as viem clients or as an endpoint and a key. */
export type DeployOptions = { readonly parameters?: Partial<DeploymentParameters> } & (
  | { readonly publicClient: PublicClient<Transport, Chain | undefined>; readonly walletClient: WalletClient }
  | { readonly rpcUrl: string; readonly privateKey: Hex }
);

/** A network's contracts. */
export interface Deployment {
  readonly contracts: ContractAddresses;
  readonly chainId: number;
  /** Block of the last transaction. */
  readonly blockNumber: bigint;
}

/**
 * Deploys every contract of a network and lists them in its directory. Seven transactions, eight with another owner.
 *
 * Contracts that name each other get each other's addresses when they are made: the addresses follow from the account
 * and its transaction count. So nothing else may be sent from this account meanwhile; if it is, this fails.
 *
 * @param options.parameters what differs from `LOCAL_PARAMETERS`
 * @throws ContractsError `contracts/deployment-failed`, `contracts/invalid-client`
 * @throws errors of viem if the chain cannot be reached or refuses a transaction
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const parameters = { ...LOCAL_PARAMETERS, ...options.parameters };
  const { publicClient, walletClient, account } = clientsOf(options);
  const firstNonce = await publicClient.getTransactionCount({ address: account.address, blockTag: 'pending' });
  const contracts = predictAddresses(account.address, firstNonce);
  const owner = parameters.owner ?? account.address;

  for (const [i, name] of CONTRACT_NAMES.entries()) {
    const creation = creationOf(name, contracts, { ...parameters, owner, deployer: account.address });
    const hash = await walletClient.sendTransaction({ account, chain: null, data: creation, nonce: firstNonce + i });
    const receipt = await publicClient.waitForTransactionReceipt({ hash });
    const created = receipt.contractAddress;
    if (receipt.status !== 'success' || !created || !isAddressEqual(created, contracts[name])) {
      throw failed(`Deployment of ${name} failed.`, name, hash);
    }
  }
  const setHash = await walletClient.writeContract({
    account,
    chain: null,
    address: contracts.Directory,
    abi: directoryAbi,
    functionName: 'setAddresses',
    args: [CONTRACT_NAMES.map((name) => ({ name, target: contracts[name] }))],
  });
  let last = await publicClient.waitForTransactionReceipt({ hash: setHash });
  if (last.status === 'success' && !isAddressEqual(owner, account.address)) {
    const hash = await walletClient.writeContract({
      account,
      chain: null,
      address: contracts.Directory,
      abi: directoryAbi,
      functionName: 'transferOwnership',
      args: [owner],
    });
    last = await publicClient.waitForTransactionReceipt({ hash });
  }
  if (last.status !== 'success') throw failed('The directory could not be filled.', 'Directory', last.transactionHash);
  return { contracts, chainId: await publicClient.getChainId(), blockNumber: last.blockNumber };
}

function predictAddresses(from: Address, firstNonce: number): ContractAddresses {
  const entries = CONTRACT_NAMES.map((name, i) => [name, getContractAddress({ from, nonce: BigInt(firstNonce + i) })]);
  return Object.fromEntries(entries) as ContractAddresses;
}

function clientsOf(options: DeployOptions): {
  publicClient: PublicClient<Transport, Chain | undefined>;
  walletClient: WalletClient;
  account: Account;
} {
  if ('rpcUrl' in options) {
    const account = privateKeyToAccount(options.privateKey);
    const transport = http(options.rpcUrl);
    return {
      publicClient: createPublicClient({ transport, pollingInterval: RECEIPT_POLL_MS }),
      walletClient: createWalletClient({ account, transport }),
      account,
    };
  }
  const { publicClient, walletClient } = options;
  const account = walletClient.account;
  if (account === undefined) {
    throw new ContractsError('The wallet client has no account.', {
      code: 'contracts/invalid-client',
      fault: 'caller',
      hint: 'Create it with `createWalletClient({ account, … })`.',
    });
  }
  return { publicClient, walletClient, account };
}

function failed(message: string, contract: ContractName, transaction: Hex): ContractsError {
  return new ContractsError(message, {
    code: 'contracts/deployment-failed',
    fault: 'environment',
    hint: 'Nothing of this deployment is of use. Send nothing else from the account meanwhile, and deploy again.',
    details: { contract, transaction },
  });
}
