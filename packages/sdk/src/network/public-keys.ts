import { equalBytes, fromHex, toHex } from '@keymesh/foundation';
import { type HandshakeResponse, verifyHandshake } from '@keymesh/protocol/routes';
import type { Curves } from '@keymesh/threshold/curves';
import {
  computeResultHash,
  decodePublicKeyPackage,
  type PublicKeyPackage,
  ROOT_KEYS,
  rootPublicKey,
} from '@keymesh/threshold/public-key-package';
import { SdkError } from '../errors.ts';
import { HANDSHAKE_TIMEOUT_MS } from '../limits.ts';
import { callNode } from '../nodes/call-node.ts';
import { collect } from '../nodes/collect.ts';
import { lied } from '../nodes/node-failure.ts';
import type { Platform } from '../platform.ts';
import type { ChainFacts } from './chain-facts.ts';
import type { Network, NetworkNode } from './network.ts';

const CHALLENGE_BYTES = 32;

/**
 * Handshakes until t members showed that they serve the epoch of the chain. The public keys are those whose hash the
 * members voted on chain, so it does not matter which node they came from.
 *
 * @throws SdkError `sdk/too-few-nodes`, `sdk/chain-inconsistent`; a node's own error when too many refuse.
 */
export async function agreeOnPublicKeys(
  facts: ChainFacts,
  modules: Pick<Network, 'platform' | 'curves' | 'health' | 'shareholders'>,
): Promise<PublicKeyPackage> {
  const { platform, curves, health, shareholders } = modules;
  // Decoding checks many points, and honest members send the same bytes.
  const decoded = new Map<string, PublicKeyPackage>();
  const { answers } = await collect({
    candidates: shareholders,
    total: shareholders.length,
    threshold: facts.threshold,
    health,
    ask: async (node, signal) => {
      const said = await shakeHands(node, facts.epoch, platform, signal);
      const publicKeys = decoded.get(said.networkPublicKeyPackage) ?? decodeOrAccuse(node, curves, said);
      if (!equalBytes(resultHashOf(said, publicKeys), facts.resultHash)) {
        throw lied(node, 'its public keys are not those that the members voted on chain');
      }
      decoded.set(said.networkPublicKeyPackage, publicKeys);
      return publicKeys;
    },
  });
  const publicKeys = answers[0]?.value as PublicKeyPackage;
  compareWithChain(facts, publicKeys);
  return publicKeys;
}

/** Who answers at a node's address: the holder of its mesh identity on chain, at this moment. */
async function shakeHands(
  node: NetworkNode,
  epoch: number,
  platform: Platform,
  signal: AbortSignal,
): Promise<HandshakeResponse> {
  const challenge = toHex(platform.random(CHALLENGE_BYTES));
  const said = await callNode({
    ...{ platform, node, epoch, signal, timeoutMs: HANDSHAKE_TIMEOUT_MS },
    route: 'handshake',
    request: { challenge },
  });
  if (said.meshIdentity !== toHex(node.meshIdentity) || said.sealingKey !== toHex(node.sealingKey)) {
    throw lied(node, 'its keys are not those on chain');
  }
  if (!isSigned(challenge, said)) throw lied(node, 'it did not sign the challenge with its key on chain');
  if (said.party !== node.party || said.nodeAddress.toLowerCase() !== node.address) {
    throw lied(node, 'it answers as another member');
  }
  // Not a lie: a node follows the chain at its own pace, and so do we.
  if (said.epoch !== epoch) throw stale(node, said.epoch, epoch);
  return said;
}

/** A key on chain that is no key makes verifiers throw; it signs nothing either way. */
function isSigned(challenge: string, said: HandshakeResponse): boolean {
  try {
    return verifyHandshake(challenge, said);
  } catch {
    return false;
  }
}

function decodeOrAccuse(node: NetworkNode, curves: Curves, said: HandshakeResponse): PublicKeyPackage {
  try {
    return decodePublicKeyPackage(curves, fromHex(said.networkPublicKeyPackage));
  } catch (cause) {
    throw lied(node, 'its public keys cannot be read', cause);
  }
}

function resultHashOf(said: HandshakeResponse, publicKeyPackage: PublicKeyPackage): Uint8Array {
  return computeResultHash({
    executionId: fromHex(said.executionId),
    transcriptDigest: fromHex(said.transcriptDigest),
    publicKeyPackage,
  });
}

/** The members voted for all of it together, so a difference means that the contracts are not ours. */
function compareWithChain(facts: ChainFacts, publicKeys: PublicKeyPackage): void {
  if (publicKeys.threshold !== facts.threshold || publicKeys.partyCount !== facts.nodes.length) {
    throw inconsistent('another committee');
  }
  for (const { name } of publicKeys.roots) {
    const onChain = facts.rootKeys.find(({ kind }) => kind === ROOT_KEYS[name].kind)?.publicKey;
    if (onChain === undefined || !equalBytes(onChain, rootPublicKey(publicKeys, name))) {
      throw inconsistent(`another root key ${name}`);
    }
  }
}

function inconsistent(what: string): SdkError {
  return new SdkError(`The chain holds ${what} than its members voted for.`, {
    code: 'sdk/chain-inconsistent',
    fault: 'environment',
    hint: 'The contracts at this directory are not those of a Keymesh network, or the RPC endpoint lies.',
  });
}

function stale(node: NetworkNode, served: number, epoch: number): SdkError {
  return new SdkError(`Node ${node.party} serves epoch ${served} and the chain is in epoch ${epoch}.`, {
    code: 'sdk/node-stale',
    fault: 'environment',
    hint: 'Connect again in a moment.',
    details: { party: node.party, url: node.url, served, epoch },
  });
}
