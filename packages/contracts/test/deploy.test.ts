import { type Address, createPublicClient, createWalletClient, http, parseEther } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { anvil as anvilChain } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONTRACTS_VERSION } from '../src/creation.ts';
import { deploy, LOCAL_PARAMETERS } from '../src/deploy.ts';
import { CONTRACT_NAMES, directoryAbi, findContracts, pkpNftAbi, pubkeyRouterAbi, stakingAbi } from '../src/index.ts';
import { type Anvil, startAnvil } from './anvil.ts';

/** The first account of anvil's well-known development mnemonic. */
const PRIVATE_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
const DEPLOYER = privateKeyToAccount(PRIVATE_KEY).address;

let chain: Anvil;
beforeAll(async () => {
  chain = await startAnvil();
});
afterAll(() => chain.stop());

const publicClient = () =>
  createPublicClient({ chain: anvilChain, transport: http(chain.rpcUrl), pollingInterval: 20 });

describe('deploy', () => {
  test('lists every contract in the directory, with code at each address', async () => {
    const { contracts, chainId, blockNumber } = await deploy({ rpcUrl: chain.rpcUrl, privateKey: PRIVATE_KEY });
    const client = publicClient();
    expect(chainId).toBe(31337);
    expect(blockNumber).toBe(7n);
    expect(await findContracts(client, contracts.Directory)).toEqual(contracts);
    for (const name of CONTRACT_NAMES) {
      expect(await client.getCode({ address: contracts[name] }), name).toMatch(/^0x60/);
      const address = await client.readContract({
        address: contracts.Directory,
        abi: directoryAbi,
        functionName: 'addressOf',
        args: [name],
      });
      expect(address).toBe(contracts[name]);
    }
  });

  test('wires the contracts to each other and keeps the parameters', async () => {
    const account = privateKeyToAccount(PRIVATE_KEY);
    const walletClient = createWalletClient({ account, chain: anvilChain, transport: http(chain.rpcUrl) });
    const client = publicClient();
    const parameters = { chainName: 'test-net', minimumValidatorCount: 5, mintCostWei: 7n, epochLengthSeconds: 11 };
    const { contracts } = await deploy({ publicClient: client, walletClient, parameters });
    const read = (address: Address, abi: typeof stakingAbi | typeof pubkeyRouterAbi, functionName: string) =>
      client.readContract({ address, abi, functionName } as never);
    expect(await read(contracts.Staking, stakingAbi, 'token')).toBe(contracts.KeymeshToken);
    expect(await read(contracts.Staking, stakingAbi, 'pubkeyRouter')).toBe(contracts.PubkeyRouter);
    expect(await read(contracts.PubkeyRouter, pubkeyRouterAbi, 'staking')).toBe(contracts.Staking);
    expect(await read(contracts.PubkeyRouter, pubkeyRouterAbi, 'pkpNft')).toBe(contracts.PKPNFT);
    expect(await read(contracts.Staking, stakingAbi, 'parameters')).toEqual({
      minimumStake: LOCAL_PARAMETERS.minimumStake,
      minimumValidatorCount: 5,
      epochLength: 11n,
      keyGenerationTimeout: 60n,
    });
    const nft = { address: contracts.PKPNFT, abi: pkpNftAbi } as const;
    expect(await client.readContract({ ...nft, functionName: 'mintCost' })).toBe(7n);
    expect(await client.readContract({ ...nft, functionName: 'owner' })).toBe(DEPLOYER);
    const directory = { address: contracts.Directory, abi: directoryAbi } as const;
    expect(await client.readContract({ ...directory, functionName: 'chainName' })).toBe('test-net');
    expect(await client.readContract({ ...directory, functionName: 'version' })).toBe(CONTRACTS_VERSION);
  });

  test('offers the directory to another owner and gives that owner the rest', async () => {
    const owner = privateKeyToAccount(generatePrivateKey()).address;
    const { contracts } = await deploy({ rpcUrl: chain.rpcUrl, privateKey: PRIVATE_KEY, parameters: { owner } });
    const client = publicClient();
    const directory = { address: contracts.Directory, abi: directoryAbi } as const;
    expect(await client.readContract({ ...directory, functionName: 'owner' })).toBe(DEPLOYER);
    expect(await client.readContract({ ...directory, functionName: 'pendingOwner' })).toBe(owner);
    const nft = { address: contracts.PKPNFT, abi: pkpNftAbi } as const;
    expect(await client.readContract({ ...nft, functionName: 'owner' })).toBe(owner);
  });

  test('refuses impossible parameters and a wallet without account', async () => {
    const base = { rpcUrl: chain.rpcUrl, privateKey: PRIVATE_KEY } as const;
    for (const minimumValidatorCount of [0, 2, 101]) {
      await expect(deploy({ ...base, parameters: { minimumValidatorCount } })).rejects.toThrow(/revert/);
    }
    const walletClient = createWalletClient({ chain: anvilChain, transport: http(chain.rpcUrl) });
    await expect(deploy({ publicClient: publicClient(), walletClient })).rejects.toMatchObject({
      code: 'contracts/invalid-client',
    });
  });

  test('fails when another transaction of the account comes in between', async () => {
    const account = privateKeyToAccount(generatePrivateKey());
    const client = publicClient();
    const funder = createWalletClient({
      account: privateKeyToAccount(PRIVATE_KEY),
      chain: anvilChain,
      transport: http(chain.rpcUrl),
    });
    await client.waitForTransactionReceipt({
      hash: await funder.sendTransaction({ to: account.address, value: parseEther('10') }),
    });
    const walletClient = createWalletClient({ account, chain: anvilChain, transport: http(chain.rpcUrl) });
    // Waits in the chain's queue until the two transactions before it are there.
    await walletClient.sendTransaction({ to: DEPLOYER, value: 1n, nonce: 2, gas: 21_000n });
    await expect(deploy({ publicClient: client, walletClient })).rejects.toThrow(/nonce|replacement/i);
  });
});
