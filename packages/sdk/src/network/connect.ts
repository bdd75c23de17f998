import { type BlsBackend, verifyingSharesOf } from '@keymesh/threshold/bls';
import type { Curves } from '@keymesh/threshold/curves';
import type { PublicKeyPackage, RootKeyName } from '@keymesh/threshold/public-key-package';
import { getAddress, isAddress } from 'viem';
import { loadBls, loadCurves } from '#backends';
import { invalidArgument } from '../errors.ts';
import { type Platform, standardPlatform } from '../platform.ts';
import { createChainClient } from './chain-client.ts';
import { readChainFacts } from './chain-facts.ts';
import { type DecodedRoots, type Network, NodeHealth } from './network.ts';
import { agreeOnPublicKeys } from './public-keys.ts';

export interface ConnectParameters {
  /** JSON-RPC of the chain that holds the network's contracts: http or https. It is trusted to tell the chain's state. */
  readonly rpcUrl: string;
  /** Address of the Directory contract, 0x and 40 hex digits. All else is found from it. */
  readonly directory: string;
  /** What the SDK uses of the world; default: the platform's standard globals. */
  readonly platform?: Partial<Platform>;
  /** Implementations of the curves; default: native ones under Node, noble in browsers. */
  readonly curves?: Curves;
  /** Implementation of BLS12-381; default: blst and mcl under Node, mcl in browsers, noble where neither loads. */
  readonly bls?: BlsBackend;
}

/**
 * Connects to a network. Nothing that a node says is believed: the members, their keys and the root keys come from the
 * chain, and the commitments against which shares are verified must have the hash that t members voted on chain. It
 * needs t answering nodes, not all.
 *
 * @throws SdkError `sdk/invalid-argument`, `sdk/chain-unreachable`, `sdk/chain-refused`, `sdk/chain-inconsistent`,
 *   `sdk/network-not-ready`, `sdk/too-few-nodes`; ContractsError `contracts/directory-incomplete`; a node's own error
 *   (`node/not-ready`) when too many refuse.
 */
export async function connect(parameters: ConnectParameters): Promise<Network> {
  const { rpcUrl, directory } = parameters;
  if (!isHttpUrl(rpcUrl)) throw invalidArgument('The rpcUrl is not a URL.', 'Give an http:// or https:// URL.');
  if (!isAddress(directory, { strict: false })) throw invalidDirectory();
  const platform: Platform = { ...standardPlatform, ...parameters.platform };
  const chain = createChainClient(rpcUrl, platform);
  const [facts, curves, bls] = await Promise.all([
    readChainFacts(chain, getAddress(directory)),
    parameters.curves ?? loadCurves(),
    parameters.bls ?? loadBls(),
  ]);
  const { chainId, contracts, epoch, threshold, nodes } = facts;
  const health = new NodeHealth();
  const shareholders = nodes.filter(({ party }) => !facts.excluded.includes(party));
  const publicKeys = await agreeOnPublicKeys(facts, { platform, curves, health, shareholders });
  return {
    ...{ platform, chain, chainId, contracts, epoch, threshold, nodes, shareholders },
    ...{ publicKeys, curves, bls, health },
    roots: decodeRoots(publicKeys, curves),
    decryptionShares: verifyingSharesOf(bls, commitmentsOf(publicKeys, 'bls12381-decryption')),
    sessionShares: verifyingSharesOf(bls, commitmentsOf(publicKeys, 'bls12381-sessions')),
    knownKeys: new Map(),
  };
}

function decodeRoots(publicKeys: PublicKeyPackage, curves: Curves): DecodedRoots {
  const decode = (name: 'secp256k1' | 'ed25519') =>
    commitmentsOf(publicKeys, name).map((commitment) => curves[name].decodePoint(commitment));
  return { secp256k1: decode('secp256k1'), ed25519: decode('ed25519') };
}

function commitmentsOf(publicKeys: PublicKeyPackage, name: RootKeyName): readonly Uint8Array[] {
  return publicKeys.roots.find((root) => root.name === name)?.commitments ?? [];
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
