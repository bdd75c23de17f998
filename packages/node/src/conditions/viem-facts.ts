import type { Clock, KeymeshError } from '@keymesh/foundation';
import type { FactRequest } from '@keymesh/protocol/conditions';
import { agreedAnswer, newestSharedBlock, type Quorum } from '../chain/quorum.ts';
import { chainError } from '../chain/viem-errors.ts';
import { NodeError } from '../errors.ts';
import type { FactSource, Facts } from './fact-source.ts';
import { ENDPOINT_REST_MS } from './limits.ts';
import { ChainEndpoint, type EndpointFacts } from './viem-endpoint.ts';

/** How conditions may name chains: the operator's table. */
export type ChainTable = Readonly<Record<string, ConfiguredChain>>;

export interface ConfiguredChain {
  readonly chainId: number;
  readonly rpcUrls: readonly string[];
  /** How many endpoints must say the same. */
  readonly quorum: number;
}

/**
 * Facts from EVM chains through viem. All facts of a chain come from one endpoint and one of its blocks; with several
 * endpoints, the next is asked when one fails; with a quorum, all are asked about one block that enough of them have,
 * and what enough of them say alike is believed.
 */
export function createViemFactSource(chains: ChainTable, modules: { readonly clock: Clock }): FactSource {
  const readers = new Map(
    Object.entries(chains).map(([name, { chainId, rpcUrls, quorum }]) => [
      name,
      new ChainReader(
        {
          endpoints: rpcUrls.map((url) => new ChainEndpoint(name, chainId, url)),
          needed: quorum,
          what: `the facts about ${name}`,
        },
        modules.clock,
      ),
    ]),
  );
  const readerOf = (name: string): ChainReader => {
    const reader = readers.get(name);
    if (reader === undefined) throw unknownChain(name, [...readers.keys()]);
    return reader;
  };
  return {
    read: async (requests): Promise<Facts> => {
      const names = [...new Set(requests.map(({ chain }) => chain))];
      // All names are looked up before any endpoint is asked.
      const plan = names.map((name) => ({
        name,
        reader: readerOf(name),
        requests: requests.filter(({ chain }) => chain === name),
      }));
      const found = await Promise.all(
        plan.map(async ({ name, reader, requests: own }) => ({ name, ...(await reader.read(own)) })),
      );
      return {
        answers: new Map(found.flatMap(({ answers }) => [...answers])),
        blocks: Object.fromEntries(
          found.map(({ name, block }) => [name, { number: Number(block.number), hash: block.hash }]),
        ),
      };
    },
  };
}

/** The endpoints of one chain, in the operator's order but for those that failed a moment ago. */
class ChainReader {
  readonly #clock: Clock;
  readonly #quorum: Quorum<ChainEndpoint>;
  readonly #restsUntil = new Map<ChainEndpoint, number>();

  constructor(quorum: Quorum<ChainEndpoint>, clock: Clock) {
    this.#quorum = quorum;
    this.#clock = clock;
  }

  /** @throws the first endpoint's error if none answers; NodeError `chain/no-quorum`. */
  read(requests: readonly FactRequest[]): Promise<EndpointFacts> {
    return this.#quorum.needed > 1 ? this.#readAgreed(requests) : this.#readOne(requests);
  }

  async #readAgreed(requests: readonly FactRequest[]): Promise<EndpointFacts> {
    const number = await newestSharedBlock(this.#quorum, (endpoint) => endpoint.newest());
    return agreedAnswer(this.#quorum, (endpoint) => endpoint.read(requests, number), textOf);
  }

  async #readOne(requests: readonly FactRequest[]): Promise<EndpointFacts> {
    let first: KeymeshError | undefined;
    for (const endpoint of this.#inOrder()) {
      try {
        const facts = await endpoint.read(requests);
        this.#restsUntil.delete(endpoint);
        return facts;
      } catch (thrown) {
        this.#restsUntil.set(endpoint, this.#clock.now() + ENDPOINT_REST_MS);
        first ??= chainError(thrown, 'the facts of a condition');
      }
    }
    throw first ?? chainError(undefined, 'the facts of a condition');
  }

  #inOrder(): readonly ChainEndpoint[] {
    const now = this.#clock.now();
    const rests = (endpoint: ChainEndpoint) => ((this.#restsUntil.get(endpoint) ?? 0) > now ? 1 : 0);
    return [...this.#quorum.endpoints].sort((a, b) => rests(a) - rests(b));
  }
}

/** The same facts of the same block, in the order in which they were asked. */
function textOf({ block, answers }: EndpointFacts): string {
  const plain = (_key: string, value: unknown) => (typeof value === 'bigint' ? `${value}` : value);
  return JSON.stringify([block, ...answers], plain);
}

function unknownChain(name: string, known: readonly string[]): NodeError {
  return new NodeError(`The node knows no chain named ${name}.`, {
    code: 'conditions/unknown-chain',
    fault: 'caller',
    hint: `It knows ${known.join(', ') || 'none'}. Operators add chains under "chains" in the configuration.`,
    details: { chain: name },
  });
}
