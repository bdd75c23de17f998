import type { Curves } from '@keymesh/threshold/curves';
import { type Address, getAddress, isAddress } from 'viem';
import { loadCurves } from '#backends';
import { invalidArgument } from '../errors.ts';
import { type Platform, standardPlatform } from '../platform.ts';
import { type ChainClient, createChainClient } from './chain-client.ts';
import { readKeyFacts } from './chain-facts.ts';
import type { NetworkOnChain } from './network.ts';
import { RootPublicKeys } from './root-keys.ts';

export interface ChainParameters {
  /** JSON-RPC of the chain that holds the network's contracts: http or https. It is trusted to tell the chain's state. */
  readonly rpcUrl: string;
  /** Address of the Directory contract, 0x and 40 hex digits. All else is found from it. */
  readonly directory: string;
  /** What the SDK uses of the world; default: the platform's standard globals. */
  readonly platform?: Partial<Platform>;
  /** Implementations of the curves; default: native ones under Node, noble in browsers. */
  readonly curves?: Curves;
}

/**
 * Connects to the chain of a network and to none of its nodes.
 *
 * @throws SdkError `sdk/invalid-argument`, `sdk/chain-unreachable`, `sdk/chain-refused`, `sdk/network-not-ready`;
 *   ContractsError `contracts/directory-incomplete`.
 */
export async function connectToChain(parameters: ChainParameters): Promise<NetworkOnChain> {
  const { platform, chain, directory } = openChain(parameters);
  const [facts, curves] = await Promise.all([readKeyFacts(chain, directory), parameters.curves ?? loadCurves()]);
  const { chainId, contracts } = facts;
  const rootKeys = new RootPublicKeys(curves, facts.rootKeys);
  return { platform, chain, chainId, contracts, curves, rootKeys, knownKeys: new Map() };
}

/** @throws SdkError `sdk/invalid-argument`. */
export function openChain({ rpcUrl, directory, platform: given }: ChainParameters): {
  readonly platform: Platform;
  readonly chain: ChainClient;
  readonly directory: Address;
} {
  if (!isHttpUrl(rpcUrl)) throw invalidArgument('The rpcUrl is not a URL.', 'Give an http:// or https:// URL.');
  if (!isAddress(directory, { strict: false })) throw invalidDirectory();
  const platform: Platform = { ...standardPlatform, ...given };
  return { platform, chain: createChainClient(rpcUrl, platform), directory: getAddress(directory) };
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function invalidDirectory() {
  return invalidArgument(
    'The directory is not an address.',
    'Give the address of the Directory contract: 0x and 40 hex digits.',
  );
}
