import { type Chain, type Client, createClient, http, type Transport } from 'viem';
import { CHAIN_CALL_RETRIES_COUNT, CHAIN_CALL_TIMEOUT_MS, RECEIPT_POLL_INTERVAL_MS } from '../limits.ts';
import type { Platform } from '../platform.ts';

/** A viem client. Not a `PublicClient`, whose fifty methods would all be in every bundle. */
export type ChainClient = Client<Transport, Chain | undefined>;

/** A client of the chain at an endpoint, over the platform's `fetch`. */
export function createChainClient(rpcUrl: string, platform: Platform): ChainClient {
  return createClient({
    transport: http(rpcUrl, {
      timeout: CHAIN_CALL_TIMEOUT_MS,
      retryCount: CHAIN_CALL_RETRIES_COUNT,
      fetchFn: platform.fetch,
    }),
    pollingInterval: RECEIPT_POLL_INTERVAL_MS,
  });
}
