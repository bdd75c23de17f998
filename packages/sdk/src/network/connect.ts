import { equalBytes, fromHex, toHex } from '@keymesh/foundation';
import { verifyHandshake } from '@keymesh/protocol/routes';
import { type BlsBackend, verifyingSharesOf } from '@keymesh/threshold/bls';
import { type Curves, nobleCurves } from '@keymesh/threshold/curves';
import {
  computeResultHash,
  decodePublicKeyPackage,
  type PublicKeyPackage,
  ROOT_KEYS,
  type RootKeyName,
  rootPublicKey,
} from '@keymesh/threshold/public-key-package';
import { createPublicClient, getAddress, http, isAddress, type PublicClient } from 'viem';
import { SdkError } from '../errors.ts';
import { CHAIN_CALL_TIMEOUT_MS, HANDSHAKE_TIMEOUT_MS, RECEIPT_POLL_INTERVAL_MS } from '../limits.ts';
import { callNode, lied } from '../nodes/call-node.ts';
import { collect } from '../nodes/collect.ts';
import { type Platform, standardPlatform } from '../platform.ts';
import { type ChainFacts, readChainFacts } from './chain-facts.ts';
import { type DecodedRoots, type Network, type NetworkNode, NodeHealth } from './network.ts';

const CHALLENGE_BYTES = 32;

export interface ConnectParameters {
  /** JSON-RPC of the chain that holds the network's contracts. */
  readonly rpcUrl: string;
  /** Address of the Directory contract. All else is found from it. */
  readonly directory: string;
  /** What the SDK uses of the world; default: the platform's standard globals. */
  readonly platform?: Partial<Platform>;
  /** Implementations of the curves; default noble, which runs everywhere. */
  readonly curves?: Curves;
  /** Implementation of BLS12-381; default: the fastest that runs everywhere. */
  readonly bls?: BlsBackend;
}

/**
 * Connects to a network. Nothing that a node says is believed: the members, their keys and the root keys come from the
 * chain, and the commitments against which shares are verified must have the hash that t members voted on chain. It
 * needs t answering nodes, not all.
 *
 * @throws SdkError `sdk/invalid-argument`, `sdk/chain-unreachable`, `sdk/network-not-ready`, `sdk/too-few-nodes`.
 */
export async function connect(parameters: ConnectParameters): Promise<Network> {
  if (!isAddress(parameters.directory, { strict: false })) throw invalidDirectory();
  const platform: Platform = { ...standardPlatform, ...parameters.platform };
  const curves = parameters.curves ?? nobleCurves;
  const chain: PublicClient = createPublicClient({
    transport: http(parameters.rpcUrl, { timeout: CHAIN_CALL_TIMEOUT_MS }),
    pollingInterval: RECEIPT_POLL_INTERVAL_MS,
  });
  const [facts, bls] = await Promise.all([
    readChainFacts(chain, getAddress(parameters.directory)),
    parameters.bls ?? defaultBls(),
  ]);
  const health = new NodeHealth();
  const publicKeys = await agreeOnPublicKeys(facts, { platform, curves, health });
  return {
    platform,
    chain,
    chainId: facts.chainId,
    contracts: facts.contracts,
    epoch: facts.epoch,
    threshold: facts.threshold,
    nodes: facts.nodes,
    publicKeys,
    curves,
    bls,
    roots: decodeRoots(publicKeys, curves),
    decryptionShares: verifyingSharesOf(bls, commitmentsOf(publicKeys, 'bls12381-decryption')),
    sessionShares: verifyingSharesOf(bls, commitmentsOf(publicKeys, 'bls12381-sessions')),
    health,
  };
}

/** mcl is several times faster than noble and runs in browsers too; it is loaded when it is first needed. */
async function defaultBls(): Promise<BlsBackend> {
  const { loadMclBls } = await import('@keymesh/threshold/bls-mcl');
  return loadMclBls();
}

/** Handshakes until t members showed that they serve the epoch of the chain. */
async function agreeOnPublicKeys(
  facts: ChainFacts,
  modules: Pick<Network, 'platform' | 'curves' | 'health'>,
): Promise<PublicKeyPackage> {
  const { platform, curves, health } = modules;
  // Decoding checks many points, and honest members send the same bytes.
  const decoded = new Map<string, PublicKeyPackage>();
  const { answers } = await collect({
    candidates: facts.nodes.filter(({ party }) => !facts.excluded.includes(party)),
    total: facts.nodes.length,
    need: facts.threshold,
    health,
    ask: async (node, signal) => {
      const said = await shakeHands(node, facts.epoch, platform, signal);
      const publicKeys = decoded.get(said.networkPublicKeyPackage) ?? decodeOrAccuse(node, curves, said);
      const executionId = fromHex(said.executionId);
      const transcriptDigest = fromHex(said.transcriptDigest);
      if (
        !equalBytes(
          computeResultHash({ executionId, transcriptDigest, publicKeyPackage: publicKeys }),
          facts.resultHash,
        )
      ) {
        throw lied(node, 'its public keys are not those that the members voted on chain');
      }
      decoded.set(said.networkPublicKeyPackage, publicKeys);
      return publicKeys;
    },
  });
  const publicKeys = answers[0]?.value as PublicKeyPackage;
  compareRootKeys(facts, publicKeys);
  return publicKeys;
}

async function shakeHands(node: NetworkNode, epoch: number, platform: Platform, signal: AbortSignal) {
  const challenge = toHex(platform.random(CHALLENGE_BYTES));
  const said = await callNode({
    ...{ platform, node, epoch, signal },
    route: 'handshake',
    request: { challenge },
    timeoutMs: HANDSHAKE_TIMEOUT_MS,
  });
  if (said.meshIdentity !== toHex(node.meshIdentity) || said.sealingKey !== toHex(node.sealingKey)) {
    throw lied(node, 'its keys are not those on chain');
  }
  if (!verifyHandshake(challenge, said)) throw lied(node, 'it did not sign the challenge with its key on chain');
  if (said.party !== node.party || said.epoch !== epoch) throw lied(node, 'it serves another epoch than the chain');
  return said;
}

function decodeOrAccuse(
  node: NetworkNode,
  curves: Curves,
  said: { readonly networkPublicKeyPackage: string },
): PublicKeyPackage {
  try {
    return decodePublicKeyPackage(curves, fromHex(said.networkPublicKeyPackage));
  } catch (cause) {
    throw lied(node, 'its public keys cannot be read', cause);
  }
}

/** The vote covers both, so a difference means that the contracts are not ours. */
function compareRootKeys(facts: ChainFacts, publicKeys: PublicKeyPackage): void {
  for (const { name } of publicKeys.roots) {
    const onChain = facts.rootKeys.find(({ kind }) => kind === ROOT_KEYS[name].kind)?.publicKey;
    if (onChain !== undefined && equalBytes(onChain, rootPublicKey(publicKeys, name))) continue;
    throw new SdkError(`The chain holds another root key ${name} than its members voted for.`, {
      code: 'sdk/network-not-ready',
      fault: 'environment',
      hint: 'The contracts at this directory are not those of a Keymesh network; check the address.',
    });
  }
}

function decodeRoots(publicKeys: PublicKeyPackage, curves: Curves): DecodedRoots {
  const decode = (name: 'secp256k1' | 'ed25519') =>
    commitmentsOf(publicKeys, name).map((commitment) => curves[name].decodePoint(commitment));
  return { secp256k1: decode('secp256k1'), ed25519: decode('ed25519') };
}

function commitmentsOf(publicKeys: PublicKeyPackage, name: RootKeyName): readonly Uint8Array[] {
  return publicKeys.roots.find((root) => root.name === name)?.commitments ?? [];
}

function invalidDirectory(): SdkError {
  return new SdkError('The directory is not an address.', {
    code: 'sdk/invalid-argument',
    fault: 'caller',
    hint: 'Give the address of the Directory contract: 0x and 40 hex digits.',
  });
}
