import { type FactAnswer, type FactRequest, factKey } from '@keymesh/protocol/conditions';
import { createPublicClient, http, type PublicClient } from 'viem';
import { REQUEST_CALL_TIMEOUT_MS } from '../chain/limits.ts';
import { chainError, isRevertedCall } from '../chain/viem-errors.ts';
import { NodeError } from '../errors.ts';
import { createBoundedFetch } from './bounded-fetch.ts';
import { BLOCK_ANSWER_BYTES_MAX, FACT_ANSWER_BYTES_MAX } from './limits.ts';

/** A block by name and what belongs to it. */
export interface Block {
  readonly number: bigint;
  readonly hash: `0x${string}`;
  readonly timestamp: bigint;
}

/** What one endpoint says of one block. */
export interface EndpointFacts {
  readonly block: Block;
  /** By `factKey`. */
  readonly answers: ReadonlyMap<string, FactAnswer>;
}

/** One RPC endpoint of a chain that conditions may name. */
export class ChainEndpoint {
  readonly #name: string;
  readonly #chainId: number;
  readonly #blocks: PublicClient;
  readonly #facts: PublicClient;
  #checked: Promise<void> | undefined;

  constructor(name: string, chainId: number, rpcUrl: string) {
    this.#name = name;
    this.#chainId = chainId;
    this.#blocks = createBoundedClient(rpcUrl, BLOCK_ANSWER_BYTES_MAX);
    this.#facts = createBoundedClient(rpcUrl, FACT_ANSWER_BYTES_MAX);
  }

  /** The number of the newest block. @throws as `read`. */
  async newest(): Promise<bigint> {
    return this.#asked(() => this.#blocks.getBlockNumber({ cacheTime: 0 }));
  }

  /**
   * All facts at one block.
   * @param blockNumber default: the newest.
   * @throws NodeError `chain/unreachable`, `chain/wrong-chain`.
   */
  async read(requests: readonly FactRequest[], blockNumber?: bigint): Promise<EndpointFacts> {
    return this.#asked(async () => {
      const { number, hash, timestamp } = await this.#blocks.getBlock(blockNumber === undefined ? {} : { blockNumber });
      const block = { number, hash, timestamp };
      const answers = await Promise.all(
        requests.map(async (request) => [factKey(request), await this.#fact(request, block)] as const),
      );
      return { block, answers: new Map(answers) };
    });
  }

  async #asked<T>(question: () => Promise<T>): Promise<T> {
    try {
      await this.#checkChain();
      return await question();
    } catch (thrown) {
      throw chainError(thrown, `the facts about ${this.#name}`);
    }
  }

  /** By the block's hash (EIP-1898), so that all facts are of one block even while the chain is reorganised. */
  async #fact(request: FactRequest, block: Block): Promise<FactAnswer> {
    const blockHash = block.hash;
    switch (request.kind) {
      case 'timestamp':
        return { kind: 'timestamp', seconds: block.timestamp };
      case 'balance':
        return { kind: 'balance', wei: await this.#facts.getBalance({ address: request.address, blockHash }) };
      case 'call':
        return this.#call(request, blockHash);
    }
  }

  async #call({ to, data }: Extract<FactRequest, { kind: 'call' }>, blockHash: `0x${string}`): Promise<FactAnswer> {
    try {
      const answer = await this.#facts.call({ to, data, blockHash });
      return { kind: 'call', returnData: answer.data ?? '0x' };
    } catch (thrown) {
      if (isRevertedCall(thrown)) return { kind: 'reverted' };
      throw thrown;
    }
  }

  /** Once; after a failure anew with the next request. */
  #checkChain(): Promise<void> {
    if (this.#checked === undefined) {
      this.#checked = this.#requireChainId();
      this.#checked.catch(() => {
        this.#checked = undefined;
      });
    }
    return this.#checked;
  }

  async #requireChainId(): Promise<void> {
    const chainId = await this.#facts.getChainId();
    if (chainId === this.#chainId) return;
    throw new NodeError(`An endpoint for ${this.#name} serves chain ${chainId} and not ${this.#chainId}.`, {
      code: 'chain/wrong-chain',
      fault: 'environment',
      hint: 'The operator of the node must correct "chains" in its configuration.',
    });
  }
}

/** Asks one endpoint once, and takes no more of its answer than that. @param answerBytesMax bytes. */
export function createBoundedClient(rpcUrl: string, answerBytesMax: number): PublicClient {
  return createPublicClient({
    transport: http(rpcUrl, {
      timeout: REQUEST_CALL_TIMEOUT_MS,
      retryCount: 0,
      fetchFn: createBoundedFetch(answerBytesMax),
    }),
    cacheTime: 0,
    // A contract that anybody may name must not send this node to addresses of its choice (EIP-3668).
    ccipRead: false,
  });
}
