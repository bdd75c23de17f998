import { Gate } from '@keymesh/foundation';
import { type BlsBackend, verifyingSharesOf } from '@keymesh/threshold/bls';
import type { Curves, Point } from '@keymesh/threshold/curves';
import {
  type PublicKeyPackage,
  ROOT_KEY_NAMES,
  ROOT_KEYS,
  type RootKeyName,
} from '@keymesh/threshold/public-key-package';
import { loadBls, loadCurves } from '#backends';
import { SIGNINGS_AT_ONCE_MAX } from '../limits.ts';
import { readChainFacts } from './chain-facts.ts';
import { type ChainParameters, openChain } from './connect-to-chain.ts';
import { type DecodedRoots, type Network, NodeHealth } from './network.ts';
import { agreeOnPublicKeys } from './public-keys.ts';
import { RootPublicKeys } from './root-keys.ts';

export interface ConnectParameters extends ChainParameters {
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
  const { platform, chain, directory } = openChain(parameters);
  const [facts, curves, bls] = await Promise.all([
    readChainFacts(chain, directory),
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
    rootKeys: new RootPublicKeys(curves, facts.rootKeys),
    roots: decodeRoots(publicKeys, curves),
    decryptionShares: verifyingSharesOf(bls, commitmentsOf(publicKeys, 'bls12381-decryption')),
    sessionShares: verifyingSharesOf(bls, commitmentsOf(publicKeys, 'bls12381-sessions')),
    knownKeys: new Map(),
    signings: new Gate(SIGNINGS_AT_ONCE_MAX),
  };
}

/** Each root is decoded when a signature first needs it: a client uses few of them. */
function decodeRoots(publicKeys: PublicKeyPackage, curves: Curves): DecodedRoots {
  const decoded = new Map<RootKeyName, readonly Point[]>();
  const roots = {};
  for (const name of ROOT_KEY_NAMES) {
    Object.defineProperty(roots, name, {
      enumerable: true,
      get() {
        const { decodePoint } = curves[ROOT_KEYS[name].curve];
        const points =
          decoded.get(name) ?? commitmentsOf(publicKeys, name).map((commitment) => decodePoint(commitment));
        decoded.set(name, points);
        return points;
      },
    });
  }
  return roots as DecodedRoots;
}

function commitmentsOf(publicKeys: PublicKeyPackage, name: RootKeyName): readonly Uint8Array[] {
  return publicKeys.roots.find((root) => root.name === name)?.commitments ?? [];
}
