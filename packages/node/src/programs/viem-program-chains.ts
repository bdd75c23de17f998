import type { ActionChains } from '@keymesh/actions';
import { fromHex } from '@keymesh/foundation';
import { cidOfMultihash, multihashOf } from '@keymesh/protocol/cid';
import { type Hex, type PublicClient, parseTransaction, type TransactionSerialized } from 'viem';
import type { KeyRegistry } from '../chain/key-registry.ts';
import { agreedAnswer, newestSharedBlock, type Quorum } from '../chain/quorum.ts';
import { chainError, isRevertedCall } from '../chain/viem-errors.ts';
import { createBoundedClient } from '../conditions/viem-endpoint.ts';
import { NodeError } from '../errors.ts';
import { CONTRACT_ANSWER_BYTES_MAX, CONTRACT_CALL_GAS } from './limits.ts';

/** The operator's chains, as programs may use them. */
export type ProgramChainTable = Readonly<
  Record<
    string,
    { readonly rpcUrls: readonly string[]; readonly quorum: number; readonly publicRpcUrl?: string | undefined }
  >
>;

/** A question about the state of a chain at one block; the newest if none is named. */
type Question<T> = (client: PublicClient, blockNumber?: bigint) => Promise<T>;

/**
 * Reads of chains for programs: each endpoint of a chain in turn until one answers; with a quorum, all of them at one
 * block, until enough say the same.
 */
export function createProgramChains(chains: ProgramChainTable, keys: KeyRegistry): ActionChains {
  const quorums = new Map(
    Object.entries(chains).map(
      ([name, { rpcUrls, quorum }]) =>
        [
          name,
          {
            endpoints: rpcUrls.map((url) => createBoundedClient(url, CONTRACT_ANSWER_BYTES_MAX)),
            needed: quorum,
            what: `a read of ${name} for a program`,
          },
        ] as const,
    ),
  );
  const ask = <T extends string | number>(name: string, question: Question<T>): Promise<T> => {
    const quorum = quorums.get(name);
    if (quorum === undefined) throw unknownChain(name, [...quorums.keys()]);
    return quorum.needed > 1 ? askAll(quorum, question) : askInTurn(quorum, question);
  };
  return {
    latestNonce: async (chain, address) =>
      ask(chain, (client, blockNumber) =>
        client.getTransactionCount({ address: address as Hex, ...(blockNumber === undefined ? {} : { blockNumber }) }),
      ),
    callContract: async (chain, transaction) => {
      const { to, data, value, gas } = readTransaction(transaction);
      return ask(chain, async (client, blockNumber) => {
        const call = { gas: gas ?? CONTRACT_CALL_GAS, ...(to ? { to } : {}), ...(data ? { data } : {}) };
        const block = blockNumber === undefined ? {} : { blockNumber };
        return (await client.call({ ...call, ...(value ? { value } : {}), ...block })).data ?? '0x';
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

async function askInTurn<T>({ endpoints, what }: Quorum<PublicClient>, question: Question<T>): Promise<T> {
  let first: unknown;
  for (const client of endpoints) {
    try {
      return await question(client);
    } catch (thrown) {
      if (isRevertedCall(thrown)) throw refusedByContract(thrown);
      first ??= thrown;
    }
  }
  throw chainError(first, what);
}

async function askAll<T extends string | number>(quorum: Quorum<PublicClient>, question: Question<T>): Promise<T> {
  const agreed = await agreedAtOneBlock(quorum, question).catch((thrown: unknown) => {
    throw chainError(thrown, quorum.what);
  });
  if ('value' in agreed) return agreed.value;
  throw agreed.refused;
}

async function agreedAtOneBlock<T extends string | number>(quorum: Quorum<PublicClient>, question: Question<T>) {
  const number = await newestSharedBlock(quorum, (client) => client.getBlockNumber({ cacheTime: 0 }));
  return agreedAnswer(
    quorum,
    (client) => question(client, number).then((value) => ({ value }), refusal),
    (answer) => JSON.stringify('value' in answer ? [answer.value] : 'refused'),
  );
}

/** That the contract refuses is an answer; anything else is the endpoint's trouble. */
function refusal(thrown: unknown): { readonly refused: NodeError } {
  if (!isRevertedCall(thrown)) throw thrown;
  return { refused: refusedByContract(thrown) };
}

function refusedByContract(cause: unknown): NodeError {
  return new NodeError('The contract reverts the call of the program.', {
    code: 'chain/reverted',
    fault: 'caller',
    hint: 'See that "to" and "data" of callContract are what the contract takes, and that it allows the call to anyone.',
    cause,
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
