import type { ActionChains } from '@keymesh/actions';
import { fromHex } from '@keymesh/foundation';
import { cidOfMultihash, multihashOf } from '@keymesh/protocol/cid';
import {
  createPublicClient,
  type Hex,
  http,
  type PublicClient,
  parseTransaction,
  type TransactionSerialized,
} from 'viem';
import type { KeyRegistry } from '../chain/key-registry.ts';
import { REQUEST_CALL_TIMEOUT_MS } from '../chain/limits.ts';
import { chainError } from '../chain/viem-errors.ts';
import { createBoundedFetch } from '../conditions/bounded-fetch.ts';
import { NodeError } from '../errors.ts';
import { CONTRACT_ANSWER_BYTES_MAX, CONTRACT_CALL_GAS } from './limits.ts';

/** The operator's chains, as programs may use them. */
export type ProgramChainTable = Readonly<
  Record<string, { readonly rpcUrls: readonly string[]; readonly publicRpcUrl?: string | undefined }>
>;

/** Reads of chains for programs: each endpoint of a chain in turn until one answers. */
export function createProgramChains(chains: ProgramChainTable, keys: KeyRegistry): ActionChains {
  const clients = new Map(Object.entries(chains).map(([name, { rpcUrls }]) => [name, rpcUrls.map(clientOf)] as const));
  const ask = async <T>(name: string, question: (client: PublicClient) => Promise<T>): Promise<T> => {
    const endpoints = clients.get(name);
    if (endpoints === undefined) throw unknownChain(name, [...clients.keys()]);
    let first: unknown;
    for (const client of endpoints) {
      try {
        return await question(client);
      } catch (thrown) {
        first ??= thrown;
      }
    }
    throw chainError(first, `a read of ${name} for a program`);
  };
  return {
    latestNonce: (chain, address) => ask(chain, (client) => client.getTransactionCount({ address: address as Hex })),
    callContract: (chain, transaction) => {
      const { to, data, value, gas } = readTransaction(transaction);
      return ask(chain, async (client) => {
        const call = { gas: gas ?? CONTRACT_CALL_GAS, ...(to ? { to } : {}), ...(data ? { data } : {}) };
        return (await client.call({ ...call, ...(value ? { value } : {}) })).data ?? '0x';
      });
    },
    rpcUrl: (chain) => {
      const url = chains[chain]?.publicRpcUrl;
      if (url === undefined)
        throw unknownChain(
          chain,
          Object.keys(chains).filter((name) => chains[name]?.publicRpcUrl),
        );
      return url;
    },
    isPermittedAddress: (tokenId, address) => keys.isPermittedAddress(tokenId, address),
    isPermittedAction: (tokenId, cid) => keys.isPermittedAction(tokenId, multihashOf(cid) ?? new Uint8Array(0)),
    getPermittedAddresses: (tokenId) => keys.permittedAddresses(tokenId),
    isPermittedAuthMethod: (tokenId, login) => keys.isPermittedAuthMethod(tokenId, login),
    getPermittedAuthMethods: (tokenId) => keys.permittedAuthMethods(tokenId),
    getPermittedAuthMethodScopes: (tokenId, login, count) => keys.authMethodScopes(tokenId, login, count),
    getPermittedActions: async (tokenId) =>
      (await keys.permittedActions(tokenId)).map((multihash) => cidOfMultihash(fromHex(multihash))),
  };
}

function clientOf(rpcUrl: string): PublicClient {
  return createPublicClient({
    transport: http(rpcUrl, {
      timeout: REQUEST_CALL_TIMEOUT_MS,
      retryCount: 0,
      fetchFn: createBoundedFetch(CONTRACT_ANSWER_BYTES_MAX),
    }),
    cacheTime: 0,
    // A contract that a program names must not send this node to addresses of its choice (EIP-3668).
    ccipRead: false,
  });
}

function readTransaction(serialized: string) {
  try {
    return parseTransaction(serialized as TransactionSerialized);
  } catch {
    throw new NodeError('The transaction of callContract cannot be read.', {
      code: 'actions/bad-transaction',
      fault: 'caller',
      hint: 'Pass an unsigned transaction as RLP, e.g. ethers.utils.serializeTransaction({ to, data }).',
    });
  }
}

function unknownChain(name: string, known: readonly string[]): NodeError {
  return new NodeError(`Programs on this node cannot use a chain named ${name}.`, {
    code: 'conditions/unknown-chain',
    fault: 'caller',
    hint: `They can use ${known.join(', ') || 'none'}. Operators add chains under "chains" in the configuration.`,
    details: { chain: name },
  });
}
