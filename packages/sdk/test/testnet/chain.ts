import {
  type ContractAddresses,
  contractErrorsAbi,
  directoryAbi,
  KEY_SET_ID,
  pkpNftAbi,
  pubkeyRouterAbi,
  stakingAbi,
} from '@keymesh/contracts';
import { bytesToBigint, type PartyIndex, toHex } from '@keymesh/foundation';
import { ROOT_KEYS, rootPublicKey } from '@keymesh/threshold/public-key-package';
import {
  type Abi,
  type Address,
  decodeFunctionData,
  encodeAbiParameters,
  encodeErrorResult,
  encodeEventTopics,
  encodeFunctionResult,
  getAddress,
  type Hex,
} from 'viem';
import type { DealtKeys } from './dealer.ts';
import type { TestNode } from './node.ts';

export const CHAIN_ID = 31_337;
export const RPC_URL = 'http://chain.test:8545';

const contract = (i: number): Address => getAddress(`0x${i.toString(16).padStart(40, '1')}`);

export const CONTRACTS: ContractAddresses = {
  Directory: contract(1),
  KeymeshToken: contract(2),
  Staking: contract(3),
  PubkeyRouter: contract(4),
  PKPNFT: contract(5),
  PKPPermissions: contract(6),
};

/** What the contracts say; a test changes it at will. */
export interface ChainState {
  epoch: number;
  threshold: number;
  excluded: readonly PartyIndex[];
  nodes: readonly TestNode[];
  keys: DealtKeys;
  resultHash: Uint8Array;
  /** By token id. */
  readonly minted: Map<string, { readonly keyId: Uint8Array; readonly owner: string; readonly publicKey: Hex }>;
  mintCostWei: bigint;
  /** What the next `mintNext` makes. */
  nextKey: { readonly tokenId: string; readonly keyId: Uint8Array; readonly publicKey: Hex } | undefined;
}

interface Call {
  readonly method: string;
  readonly params: readonly unknown[];
}

class Revert extends Error {
  readonly data: Hex;
  constructor(data: Hex) {
    super('execution reverted');
    this.data = data;
  }
}

/** A JSON-RPC endpoint with the contracts' views, and one transaction: `mintNext`. */
export class TestChain {
  readonly state: ChainState;
  readonly calls: string[] = [];
  readonly #transactions = new Map<string, { readonly from: string; readonly tokenId: string; readonly pubkey: Hex }>();

  constructor(state: ChainState) {
    this.state = state;
  }

  answer(body: string): Response {
    const { id, ...call } = JSON.parse(body) as Call & { readonly id: number };
    try {
      return Response.json({ jsonrpc: '2.0', id, result: this.#result(call) });
    } catch (thrown) {
      if (!(thrown instanceof Revert)) throw thrown;
      return Response.json({ jsonrpc: '2.0', id, error: { code: 3, message: thrown.message, data: thrown.data } });
    }
  }

  #result({ method, params }: Call): unknown {
    if (method === 'eth_chainId') return `0x${CHAIN_ID.toString(16)}`;
    if (method === 'eth_blockNumber') return '0x8';
    if (method === 'eth_call') return this.#view(params[0] as { readonly to: string; readonly data: Hex });
    if (method === 'eth_sendTransaction') return this.#mint(params[0] as { readonly from: string });
    if (method === 'eth_getTransactionReceipt') return this.#receipt(params[0] as string);
    throw new Error(`the test chain does not know ${method}`);
  }

  #view({ to, data }: { readonly to: string; readonly data: Hex }): Hex {
    const name = Object.entries(CONTRACTS).find(([, address]) => address.toLowerCase() === to.toLowerCase())?.[0];
    const abi = { Directory: directoryAbi, Staking: stakingAbi, PubkeyRouter: pubkeyRouterAbi, PKPNFT: pkpNftAbi }[
      name ?? ''
    ];
    if (abi === undefined) return '0x';
    const { functionName, args = [] } = decodeFunctionData({ abi: abi as Abi, data });
    this.calls.push(functionName);
    const result = this.#views(functionName, args);
    return encodeFunctionResult({ abi: abi as Abi, functionName, result });
  }

  #views(functionName: string, args: readonly unknown[]): unknown {
    const { minted, keys, mintCostWei } = this.state;
    if (functionName === 'all') {
      const names = Object.keys(CONTRACTS);
      return [names, Object.values(CONTRACTS)];
    }
    if (functionName === 'activeEpoch') return this.#activeEpoch();
    if (functionName === 'getRootKeys') {
      if (args[0] !== KEY_SET_ID) return [];
      return keys.publicKeyPackage.roots.map(({ name }) => ({
        kind: ROOT_KEYS[name].kind,
        pubkey: `0x${toHex(rootPublicKey(keys.publicKeyPackage, name))}`,
      }));
    }
    if (functionName === 'keyIdOf') {
      const id = `0x${(args[0] as bigint).toString(16).padStart(64, '0')}`;
      const key = minted.get(id);
      if (key === undefined) {
        throw new Revert(
          encodeErrorResult({ abi: contractErrorsAbi as Abi, errorName: 'KeyNotFound', args: [BigInt(id)] }),
        );
      }
      return `0x${toHex(key.keyId)}`;
    }
    const owned = [...minted].filter(([, { owner }]) => owner.toLowerCase() === String(args[0]).toLowerCase());
    if (functionName === 'balanceOf') return BigInt(owned.length);
    if (functionName === 'tokenOfOwnerByIndex') return BigInt(owned[Number(args[1])]![0]);
    if (functionName === 'mintCost') return mintCostWei;
    if (functionName === 'mintNext') return BigInt(this.state.nextKey?.tokenId ?? 0);
    throw new Error(`the test chain does not know ${functionName}`);
  }

  #activeEpoch(): unknown {
    const { epoch, threshold, nodes, excluded, resultHash } = this.state;
    return {
      number: BigInt(epoch),
      ...{ state: 0, attempt: 0, threshold, keyGenerationVoters: 0n, leadingVotes: threshold, retryVoters: 0n },
      excluded: excluded.reduce((bits, party) => bits | (1n << BigInt(party - 1)), 0n),
      members: nodes.map((node) => ({
        ...{ ip: 0, ipv6: 0n, port: 7470, reward: 0n, meshEndpoint: 'mesh.test:7480' },
        nodeAddress: getAddress(node.address),
        operatorAddress: getAddress(node.address),
        senderPubKey: bytesToBigint(node.meshIdentity),
        receiverPubKey: bytesToBigint(node.sealingKey),
        endpoint: `${node.url}/`,
      })),
      resultHash: `0x${toHex(resultHash)}`,
    };
  }

  #mint({ from }: { readonly from: string }): string {
    const { nextKey, minted } = this.state;
    const hash = `0x${'77'.repeat(32)}`;
    this.#transactions.delete(hash);
    if (nextKey === undefined) return hash;
    minted.set(nextKey.tokenId, { keyId: nextKey.keyId, owner: from, publicKey: nextKey.publicKey });
    this.#transactions.set(hash, { from, tokenId: nextKey.tokenId, pubkey: nextKey.publicKey });
    return hash;
  }

  #receipt(hash: string): unknown {
    const mined = this.#transactions.get(hash);
    const common = {
      blockHash: `0x${'cd'.repeat(32)}`,
      blockNumber: '0x8',
      transactionHash: hash,
      transactionIndex: '0x0',
    };
    const log = (address: Address, tokenId: string) => ({
      ...common,
      address,
      topics: encodeEventTopics({ abi: pkpNftAbi, eventName: 'PKPMinted', args: { tokenId: BigInt(tokenId) } }),
      data: encodeAbiParameters([{ type: 'bytes' }], [mined?.pubkey ?? '0x']),
      ...{ logIndex: '0x0', removed: false },
    });
    return {
      ...common,
      ...{ status: '0x1', type: '0x2', gasUsed: '0x1', cumulativeGasUsed: '0x1', effectiveGasPrice: '0x1' },
      ...{ from: mined?.from ?? CONTRACTS.Staking, to: CONTRACTS.PKPNFT, contractAddress: null, logsBloom: '0x' },
      // A stranger's log of the same form comes first.
      logs:
        mined === undefined
          ? []
          : [log(CONTRACTS.Staking, `0x${'99'.repeat(32)}`), log(CONTRACTS.PKPNFT, mined.tokenId)],
    };
  }
}
