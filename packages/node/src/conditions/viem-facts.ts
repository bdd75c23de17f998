import { type FactAnswer, type FactRequest, factKey } from '@keymesh/protocol/conditions';
import type { BlockReference } from '@keymesh/protocol/routes';
import { BaseError, CallExecutionError, createPublicClient, fallback, http, type PublicClient } from 'viem';
import { CHAIN_CALL_TIMEOUT_MS } from '../chain/limits.ts';
import { chainError } from '../chain/viem-errors.ts';
import { NodeError } from '../errors.ts';
import type { FactSource, Facts } from './fact-source.ts';

/** How conditions may name chains: the operator's table. */
export type ChainTable = Readonly<Record<string, { readonly chainId: number; readonly rpcUrls: readonly string[] }>>;

interface ChainAtBlock {
  readonly client: PublicClient;
  readonly block: { readonly number: bigint; readonly hash: string; readonly timestamp: bigint };
}

/** Facts from EVM chains through viem. With several endpoints for a chain, the next is asked when one fails. */
export function createViemFactSource(chains: ChainTable): FactSource {
  const clients = new Map<string, Promise<PublicClient>>();

  const clientFor = (name: string): Promise<PublicClient> => {
    const chain = Object.hasOwn(chains, name) ? chains[name] : undefined;
    if (chain === undefined) return Promise.reject(unknownChain(name, Object.keys(chains)));
    const known = clients.get(name);
    if (known !== undefined) return known;
    const transports = chain.rpcUrls.map((url) => http(url, { timeout: CHAIN_CALL_TIMEOUT_MS, retryCount: 0 }));
    const client: PublicClient = createPublicClient({ transport: fallback(transports), cacheTime: 0 });
    const checked = checkChainId(client, name, chain.chainId);
    clients.set(name, checked);
    // A chain that could not be reached once is tried again for the next request.
    checked.catch(() => clients.delete(name));
    return checked;
  };

  const at = async (name: string): Promise<ChainAtBlock> => {
    const client = await clientFor(name);
    try {
      const block = await client.getBlock();
      return { client, block };
    } catch (thrown) {
      throw chainError(thrown, `the newest block of ${name}`);
    }
  };

  return {
    read: async (requests): Promise<Facts> => {
      const names = [...new Set(requests.map(({ chain }) => chain))];
      const found = await Promise.all(names.map(async (name) => [name, await at(name)] as const));
      const byName = new Map(found);
      const answers = await Promise.all(
        requests.map(async (request) => {
          const chain = byName.get(request.chain) as ChainAtBlock;
          return [factKey(request), await readFact(chain, request)] as const;
        }),
      );
      const blocks = found.map(([name, { block }]): [string, BlockReference] => [
        name,
        { number: Number(block.number), hash: block.hash },
      ]);
      return { answers: new Map(answers), blocks: Object.fromEntries(blocks) };
    },
  };
}

async function readFact({ client, block }: ChainAtBlock, request: FactRequest): Promise<FactAnswer> {
  try {
    switch (request.kind) {
      case 'timestamp':
        return { kind: 'timestamp', seconds: block.timestamp };
      case 'balance': {
        const wei = await client.getBalance({ address: request.address, blockNumber: block.number });
        return { kind: 'balance', wei };
      }
      case 'call': {
        const { data } = await client.call({ to: request.to, data: request.data, blockNumber: block.number });
        return { kind: 'call', returnData: data ?? '0x' };
      }
    }
  } catch (thrown) {
    if (isRevert(thrown)) return { kind: 'reverted' };
    throw chainError(thrown, `a fact about ${request.chain}`);
  }
}

/** Code -32000 and 3 are what EVM nodes answer when execution itself failed; anything else is the endpoint's trouble. */
function isRevert(thrown: unknown): boolean {
  if (!(thrown instanceof CallExecutionError)) return false;
  const revert = thrown.walk((error) => error instanceof BaseError && error.name === 'ExecutionRevertedError');
  return revert !== null;
}

async function checkChainId(client: PublicClient, name: string, expected: number): Promise<PublicClient> {
  let chainId: number;
  try {
    chainId = await client.getChainId();
  } catch (thrown) {
    throw chainError(thrown, `the id of the chain ${name}`);
  }
  if (chainId === expected) return client;
  throw new NodeError(`The endpoint for ${name} serves chain ${chainId} and not ${expected}.`, {
    code: 'chain/wrong-chain',
    fault: 'environment',
    hint: 'The operator of the node must correct "chains" in its configuration.',
  });
}

function unknownChain(name: string, known: readonly string[]): NodeError {
  return new NodeError(`The node knows no chain named ${name}.`, {
    code: 'conditions/unknown-chain',
    fault: 'caller',
    hint: `It knows ${known.join(', ')}. Operators add chains under "chains" in the configuration.`,
    details: { chain: name },
  });
}
