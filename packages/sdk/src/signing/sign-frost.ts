import { fromHex, KeymeshError, type PartyIndex, toHex } from '@keymesh/foundation';
import type { NonceCommitmentMessage } from '@keymesh/protocol/routes';
import { SCHEMES } from '@keymesh/protocol/schemes';
import { deriveTweak } from '@keymesh/threshold/derivation';
import {
  aggregate,
  createGroupKey,
  createSigningContext,
  decodeCommitments,
  type FrostScheme,
  frostSuites,
  type GroupKey,
  type SignatureShare,
} from '@keymesh/threshold/frost';
import type { Key } from '../keys/key.ts';
import { COMMITMENTS_ASKED_COUNT, SIGN_SHARE_TIMEOUT_MS } from '../limits.ts';
import type { Network, NetworkNode } from '../network/network.ts';
import { callNode, lied, NodeRefusal } from '../nodes/call-node.ts';
import { type Answer, collect } from '../nodes/collect.ts';
import { convict } from '../nodes/collect-verified.ts';
import { liarsOf, type NodeFailure } from '../nodes/quorum-error.ts';
import { type Session, sessionSignature } from '../session/session.ts';
import { newRequestId } from './request-id.ts';

interface FrostRequest {
  readonly session: Session;
  readonly key: Key;
  readonly scheme: FrostScheme;
  readonly message: Uint8Array;
}

export interface FrostSignature {
  readonly signature: Uint8Array;
  readonly signers: readonly PartyIndex[];
  readonly culprits: readonly PartyIndex[];
}

/**
 * A FROST signature (RFC 9591) with this client as coordinator: it has no secret, and a signature that verifies needs
 * no trust in it. If a signer fails in round 2 its commitment is bound into everybody's share, so the others start
 * again with fresh commitments and without it; each try loses a node, so it ends.
 */
export async function signFrost(network: Network, request: FrostRequest): Promise<FrostSignature> {
  const { root } = SCHEMES[request.scheme];
  const curve = network.curves[root];
  const groupKey = createGroupKey(curve, network.roots[root], deriveTweak(root, request.key.keyId));
  let failures: NodeFailure[] = [];
  for (;;) {
    const failed = new Set(failures.map(({ node }) => node.party));
    const round1 = await collect({
      candidates: network.nodes.filter(({ party }) => !failed.has(party)),
      total: network.nodes.length,
      need: network.threshold,
      ask: (node, signal) => commitmentOf(network, request, node, signal),
      health: network.health,
      earlierFailures: failures,
    });
    failures = [...round1.failures];
    const round2 = await signWith(network, request, groupKey, round1.answers);
    if ('signature' in round2) {
      return {
        signature: round2.signature,
        signers: round1.answers.map(({ node }) => node.party),
        culprits: liarsOf(failures),
      };
    }
    failures = [...failures, ...round2.failures];
  }
}

/** A commitment that is in stock, or a fresh one; a node that gave one for a scheme it cannot encode is a liar. */
async function commitmentOf(
  network: Network,
  { session, scheme, key }: FrostRequest,
  node: NetworkNode,
  signal: AbortSignal,
): Promise<NonceCommitmentMessage> {
  const { platform, epoch } = network;
  const kept = session.commitments.take(node.party, scheme, platform.now());
  if (kept !== undefined) return kept;
  const { commitments } = await callNode({
    ...{ platform, node, epoch, signal },
    route: 'signCommit',
    request: {
      authSig: sessionSignature(session, node.url, platform.now()),
      epoch,
      tokenId: key.tokenId,
      scheme,
      count: COMMITMENTS_ASKED_COUNT,
    },
  });
  const [first, ...rest] = commitments;
  if (first === undefined) throw lied(node, 'it gave no nonce commitment');
  session.commitments.add(node.party, scheme, rest);
  return first;
}

type Round2 = { readonly signature: Uint8Array } | { readonly failures: readonly NodeFailure[] };

async function signWith(
  network: Network,
  request: FrostRequest,
  key: GroupKey,
  signers: readonly Answer<NonceCommitmentMessage>[],
): Promise<Round2> {
  try {
    const context = createSigningContext({
      suite: frostSuites[request.scheme],
      key,
      commitments: decodeCommitments(
        key.curve,
        signers.map(({ node, value }) => ({
          party: node.party,
          hiding: fromHex(value.hiding),
          binding: fromHex(value.binding),
        })),
      ),
      message: request.message,
    });
    const shares = await sharesOf(network, request, signers);
    if ('failures' in shares) return shares;
    return { signature: aggregate(context, shares.shares) };
  } catch (thrown) {
    const failures = convict(thrown, signers);
    if (failures.length === 0) throw thrown;
    for (const { node } of failures) {
      network.health.failed(node.party);
      request.session.commitments.drop(node.party, request.scheme);
    }
    return { failures };
  }
}

async function sharesOf(
  network: Network,
  request: FrostRequest,
  signers: readonly Answer<NonceCommitmentMessage>[],
): Promise<{ readonly shares: readonly SignatureShare[] } | { readonly failures: readonly NodeFailure[] }> {
  const requestId = newRequestId(network.platform);
  const commitments = signers.map(({ node, value: { id, hiding, binding } }) => ({
    party: node.party,
    ...{ id, hiding, binding },
  }));
  const settled = await Promise.allSettled(
    signers.map(({ node }) => shareOf(network, request, node, { requestId, commitments })),
  );
  const failures: NodeFailure[] = [];
  const shares: SignatureShare[] = [];
  for (const [i, { node }] of signers.entries()) {
    const outcome = settled[i];
    if (outcome?.status === 'fulfilled') shares.push(outcome.value);
    else {
      request.session.commitments.drop(node.party, request.scheme);
      failures.push({ node, error: outcome?.reason });
    }
  }
  return failures.length === 0 ? { shares } : { failures: failures.filter(({ error }) => !isForgottenNonce(error)) };
}

/** A node that restarted has forgotten its nonces and is otherwise as good as new: it may sign in the next try. */
function isForgottenNonce(error: unknown): boolean {
  return error instanceof KeymeshError && error.cause instanceof NodeRefusal && error.cause.code === 'nonce/unknown';
}

async function shareOf(
  network: Network,
  { session, key, scheme, message }: FrostRequest,
  node: NetworkNode,
  round: {
    readonly requestId: string;
    readonly commitments: readonly { party: number; id: string; hiding: string; binding: string }[];
  },
): Promise<SignatureShare> {
  const { platform, epoch } = network;
  const answer = await callNode({
    ...{ platform, node, epoch, timeoutMs: SIGN_SHARE_TIMEOUT_MS },
    route: 'signShare',
    request: {
      authSig: sessionSignature(session, node.url, platform.now()),
      epoch,
      tokenId: key.tokenId,
      scheme,
      message: toHex(message),
      commitments: [...round.commitments],
      requestId: round.requestId,
    },
  });
  if (answer.party !== node.party) throw lied(node, 'it answers as another party');
  session.commitments.add(node.party, scheme, answer.nextCommitments ?? []);
  return { party: node.party, share: fromHex(answer.share) };
}
