import { secp256k1 } from '@noble/curves/secp256k1.js';
import { type Address, bytesToHex, type Hex, keccak256, parseEther, toHex } from 'viem';
import { type DeploymentParameters, deploy } from '../src/deploy.ts';
import { keymeshTokenAbi, stakingAbi } from '../src/index.ts';
import { type Chain, startChain } from './chain.ts';

/** The first account of anvil's well-known development mnemonic. */
export const DEPLOYER_PRIVATE_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';

export const STAKE = parseEther('100');

/** Secret of the secp256k1 root that tests vote for. */
export const ROOT_SECRET = 0x1234_5678_9abc_def0_0fed_cba9_8765_4321n;

export interface RootKey {
  readonly kind: number;
  readonly pubkey: Hex;
}

/** Lengths of the kinds 1 to 10 (network.md §2). Bytes. */
export const ROOT_KEY_BYTES = [48, 33, 32, 48, 33, 49, 32, 57, 32, 32] as const;

/** Well-formed root keys. The secp256k1 one is real; the contracts do not look into the others. */
export function rootKeys(secret = ROOT_SECRET): readonly RootKey[] {
  const fillers = ROOT_KEY_BYTES.map((length, i) => {
    const kind = i + 1;
    return { kind, pubkey: bytesToHex(new Uint8Array(length).fill(kind)) };
  });
  return fillers.with(1, { kind: 2, pubkey: bytesToHex(secp256k1.Point.BASE.multiply(secret).toBytes(true)) });
}

export const resultHash = (text: string): Hex => keccak256(toHex(text));

/**
 * A deployed network. Account 0 deployed it, accounts 1 … 20 are operators, accounts 21 … 40 their nodes, the rest
 * belongs to users.
 */
export async function startNetwork(parameters: Partial<DeploymentParameters> = {}) {
  const chain = await startChain();
  const deployed = await deploy({ rpcUrl: chain.rpcUrl, privateKey: DEPLOYER_PRIVATE_KEY, parameters });
  return { ...networkOn(chain, deployed.contracts), stop: chain.stop };
}

function networkOn(chain: Chain, contracts: Awaited<ReturnType<typeof deploy>>['contracts']) {
  const account = (i: number): Address => {
    const address = chain.accounts[i];
    if (address === undefined) throw new Error(`the chain has no account ${i}`);
    return address;
  };
  const operator = (i: number) => account(i);
  const node = (i: number) => account(20 + i);
  const staking = { address: contracts.Staking, abi: stakingAbi } as const;
  const token = { address: contracts.KeymeshToken, abi: keymeshTokenAbi } as const;
  return {
    chain,
    contracts,
    account,
    operator,
    node,
    staking,
    token,
    user: (i: number) => account(41 + i),

    /** Gives operator i tokens and lets staking take them. */
    async fund(i: number): Promise<void> {
      await chain.send({ ...token, from: operator(i), functionName: 'faucet' });
      await chain.send({
        ...token,
        from: operator(i),
        functionName: 'approve',
        args: [contracts.Staking, STAKE * 10n],
      });
    },

    /** The transaction with which operator i joins. */
    joinCall: (i: number, changed: JoinFields = {}) =>
      ({ ...staking, from: operator(i), functionName: 'stakeAndJoin', args: joinArgs(i, node(i), changed) }) as const,

    /** Operators 1 … n stake and join, in this order. */
    async join(n: number): Promise<void> {
      for (let i = 1; i <= n; i += 1) {
        await this.fund(i);
        await chain.send(this.joinCall(i));
      }
    },

    async lock(n: number): Promise<void> {
      await this.join(n);
      await chain.send({ ...staking, from: account(0), functionName: 'lockValidatorsForNextEpoch' });
    },

    voteCall: (i: number, result = 'a', attempt = 0, epoch = 1n, keys = rootKeys()) =>
      ({
        ...staking,
        from: node(i),
        functionName: 'voteKeyGeneration',
        args: [epoch, attempt, resultHash(result), keys],
      }) as const,

    retryCall: (i: number, blamed = 0n, attempt = 0, epoch = 1n) =>
      ({ ...staking, from: node(i), functionName: 'voteRetry', args: [epoch, attempt, blamed] }) as const,

    advanceCall: () => ({ ...staking, from: account(0), functionName: 'advanceEpoch' }) as const,

    /** n operators join, t of them agree, and the first epoch begins. */
    async activate(n: number): Promise<void> {
      await this.lock(n);
      for (let i = 1; i <= Math.ceil((2 * n) / 3); i += 1) await chain.send(this.voteCall(i));
      await chain.send(this.advanceCall());
    },

    state: () => chain.client.readContract({ ...staking, functionName: 'state' }),
    lockedEpoch: () => chain.client.readContract({ ...staking, functionName: 'lockedEpoch' }),
    activeEpoch: () => chain.client.readContract({ ...staking, functionName: 'activeEpoch' }),
  };
}

export type Network = Awaited<ReturnType<typeof startNetwork>>;

/** What a test may want to be different from a normal registration. */
export interface JoinFields {
  readonly nodeAddress?: Address;
  readonly senderPubKey?: bigint;
  readonly receiverPubKey?: bigint;
  readonly endpoint?: string;
  readonly meshEndpoint?: string;
  readonly amount?: bigint;
}

function joinArgs(i: number, nodeAddress: Address, changed: JoinFields) {
  const fields = {
    nodeAddress,
    senderPubKey: BigInt(1000 + i),
    receiverPubKey: BigInt(2000 + i),
    endpoint: `http://127.0.0.1:${7000 + i}`,
    meshEndpoint: `127.0.0.1:${8000 + i}`,
    amount: STAKE,
    ...changed,
  };
  return [
    0x7f000001,
    0n,
    7000 + i,
    fields.nodeAddress,
    fields.senderPubKey,
    fields.receiverPubKey,
    fields.endpoint,
    fields.meshEndpoint,
    fields.amount,
  ] as const;
}
