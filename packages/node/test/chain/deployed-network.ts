import {
  KEY_SET_ID,
  KEY_TYPE_SECP256K1,
  keymeshTokenAbi,
  pkpNftAbi,
  pkpPermissionsAbi,
  stakingAbi,
} from '@keymesh/contracts';
import { deploy } from '@keymesh/contracts/deploy';
import { toHex } from '@keymesh/foundation';
import {
  type Abi,
  type Address,
  createTestClient,
  createWalletClient,
  http,
  parseEther,
  parseEventLogs,
  publicActions,
  type TransactionReceipt,
} from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { type Anvil, startAnvil } from './anvil.ts';

const MNEMONIC = 'test test test test test test test test test test test junk';

/** Accounts that the chain funds: 0 deploys, 1 … 4 are operators, 11 … 14 their nodes, the rest are users. */
export function accountOf(index: number) {
  return mnemonicToAccount(MNEMONIC, { addressIndex: index });
}

export const nodeAccount = (party: number) => accountOf(10 + party);

interface Call {
  readonly address: Address;
  readonly abi: Abi;
  readonly functionName: string;
  readonly args?: readonly unknown[];
}

/** The contracts of a network on a chain of its own, and what operators and users do. */
export async function deployNetwork() {
  const anvil: Anvil = await startAnvil();
  const deployer = accountOf(0);
  const { contracts } = await deploy({
    rpcUrl: anvil.rpcUrl,
    privateKey: `0x${toHex(deployer.getHdKey().privateKey as Uint8Array)}`,
  });
  const transport = http(anvil.rpcUrl);
  const client = createTestClient({ mode: 'anvil', transport, pollingInterval: 10 }).extend(publicActions);
  const send = async (from: number, call: Call): Promise<TransactionReceipt> => {
    const wallet = createWalletClient({ account: accountOf(from), transport });
    const hash = await wallet.writeContract({ ...call, chain: null });
    const receipt = await client.waitForTransactionReceipt({ hash });
    if (receipt.status !== 'success') throw new Error(`${call.functionName} failed`);
    return receipt;
  };
  const staking = { address: contracts.Staking, abi: stakingAbi } as const;
  const token = { address: contracts.KeymeshToken, abi: keymeshTokenAbi } as const;
  return {
    ...{ rpcUrl: anvil.rpcUrl, contracts, client, send, stop: anvil.stop },

    async join(party: number): Promise<void> {
      const stake = parseEther('100');
      await send(party, { ...token, functionName: 'faucet' });
      await send(party, { ...token, functionName: 'approve', args: [contracts.Staking, stake] });
      const identity = [nodeAccount(party).address, BigInt(1_000 + party), BigInt(2_000 + party)];
      const endpoints = [`http://127.0.0.1:${7_000 + party}`, `127.0.0.1:${8_000 + party}`];
      const args = [0x7f000001, 0n, 7_000 + party, ...identity, ...endpoints, stake];
      await send(party, { ...staking, functionName: 'stakeAndJoin', args });
    },

    lock: () => send(0, { ...staking, functionName: 'lockValidatorsForNextEpoch' }),

    async mint(from: number): Promise<bigint> {
      const nft = { address: contracts.PKPNFT, abi: pkpNftAbi } as const;
      const { logs } = await send(from, { ...nft, functionName: 'mintNext', args: [KEY_TYPE_SECP256K1, KEY_SET_ID] });
      const [event] = parseEventLogs({ abi: pkpNftAbi, logs, eventName: 'PKPMinted' });
      if (event === undefined) throw new Error('no PKPMinted');
      return event.args.tokenId;
    },

    permit: (owner: number, tokenId: bigint, user: Address) =>
      send(owner, {
        ...{ address: contracts.PKPPermissions, abi: pkpPermissionsAbi },
        functionName: 'addPermittedAddress',
        args: [tokenId, user, [1n]],
      }),
  };
}

export type DeployedNetwork = Awaited<ReturnType<typeof deployNetwork>>;
