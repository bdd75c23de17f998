import { fromHex, type PartyIndex, toHex } from '@keymesh/foundation';
import type { NonceCommitmentMessage } from '@keymesh/protocol/routes';
import { SCHEMES } from '@keymesh/protocol/schemes';
import type { Curve } from '@keymesh/threshold/curves';
import { deriveTweak } from '@keymesh/threshold/derivation';
import {
  aggregate,
  createGroupKey,
  createSigningContext,
  decodeCommitments,
  type FrostScheme,
  frostSuites,
  type GroupKey,
} from '@keymesh/threshold/frost';
import type { Key } from '../keys/key.ts';
import { COMMITMENTS_ASKED_COUNT, SIGN_TIMEOUT_MS } from '../limits.ts';
import type { Network, NetworkNode } from '../network/network.ts';
import { callNode } from '../nodes/call-node.ts';
import { type Answer, collect } from '../nodes/collect.ts';
import { convict } from '../nodes/collect-verified.ts';
import { isAboutNode, liarsOf, lied, type NodeFailure, refusalOf } from '../nodes/node-failure.ts';
import { type Session, sessionSignature } from '../session/session.ts';
import { type CollectedShares, collectShares } from './collect-shares.ts';
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

type Signers = readonly Answer<NonceCommitmentMessage>[];

/**
 * A FROST signature (RFC 9591) with this client as coordinator: it has no secret, and a signature that verifies needs
 * no trust in it. If a signer fails in round 2 its commitment is bound into everybody's share, so the others start
 * again with fresh commitments and without it.
 *
 * It ends: each try that fails loses a node for good, or uses up the one time that a node may have forgotten its
 * nonces, as a node does that was restarted since it made them.
 */
export async function signFrost(network: Network, request: FrostRequest): Promise<FrostSignature> {
  const { root } = SCHEMES[request.scheme];
  const { shareholders, threshold, health } = network;
  const groupKey = createGroupKey(network.curves[root], network.roots[root], deriveTweak(root, request.key.keyId));
  const forgetful = new Set<PartyIndex>();
  let failures: readonly NodeFailure[] = [];
  for (;;) {
    const failed = new Set(failures.map(({ node }) => node.party));
    const candidates = shareholders.filter(({ party }) => !failed.has(party));
    const round1 = await collect({
      candidates,
      total: shareholders.length,
      threshold,
      ask: (node, signal) => commitmentOf(network, request, groupKey.curve, node, signal),
      health,
      earlierFailures: failures,
    });
    failures = round1.failures;
    const spareCount = shareholders.length - new Set(failures.map(({ node }) => node.party)).size - threshold;
    const round2 = await signWith(network, request, groupKey, round1.answers, spareCount);
    if ('signature' in round2) {
      const signers = round1.answers.map(({ node }) => node.party);
      return { signature: round2.signature, signers, culprits: liarsOf(failures) };
    }
    const lasting = round2.failures.filter((failure) => !isForgiven(failure, forgetful));
    for (const { node } of lasting) health.failed(node.party);
    failures = [...failures, ...lasting];
  }
}

/** A node that restarted has forgotten its nonces and is otherwise as good as new: once it may try again. */
function isForgiven({ node, error }: NodeFailure, forgetful: Set<PartyIndex>): boolean {
  if (refusalOf(error)?.code !== 'nonce/unknown' || forgetful.has(node.party)) return false;
  forgetful.add(node.party);
  return true;
}

/** A commitment that is in stock, or a fresh one. */
async function commitmentOf(
  network: Network,
  { session, scheme, key }: FrostRequest,
  curve: Curve,
  node: NetworkNode,
  signal: AbortSignal,
): Promise<NonceCommitmentMessage> {
  const { platform, epoch } = network;
  const kept = session.commitments.take(node.party, scheme, platform.now());
  if (kept !== undefined) return verified(kept, curve, node);
  const { commitments } = await callNode({
    ...{ platform, node, epoch, signal, timeoutMs: SIGN_TIMEOUT_MS },
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
  return verified(first, curve, node);
}

/** Before round 2, so that a node whose commitment is no pair of points costs nobody else a nonce. */
function verified(commitment: NonceCommitmentMessage, curve: Curve, node: NetworkNode): NonceCommitmentMessage {
  try {
    curve.decodePoint(fromHex(commitment.hiding));
    curve.decodePoint(fromHex(commitment.binding));
    return commitment;
  } catch (cause) {
    throw lied(node, 'its nonce commitment is not a pair of points', cause);
  }
}

type Round2 = { readonly signature: Uint8Array } | { readonly failures: readonly NodeFailure[] };

async function signWith(
  network: Network,
  request: FrostRequest,
  key: GroupKey,
  signers: Signers,
  spareCount: number,
): Promise<Round2> {
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
  const collected = await sharesOf(network, request, signers, spareCount);
  if ('failures' in collected) return failed(request, collected);
  try {
    const shares = [...collected.shares].map(([party, share]) => ({ party, share }));
    const signature = aggregate(context, shares);
    for (const { node } of signers) network.health.succeeded(node.party);
    return { signature };
  } catch (thrown) {
    const failures = convict(thrown, signers);
    if (failures.length === 0) throw thrown;
    return failed(request, { failures, abandoned: [] });
  }
}

/** Errors that are not about a node end the operation; the nodes that failed lose what we keep of theirs. */
function failed(
  { session, scheme }: FrostRequest,
  { failures, abandoned }: Extract<CollectedShares<unknown>, { failures: unknown }>,
): Round2 {
  const ours = failures.find(({ error }) => !isAboutNode(error));
  if (ours !== undefined) throw ours.error;
  for (const node of [...failures.map((failure) => failure.node), ...abandoned]) {
    session.commitments.drop(node.party, scheme);
  }
  return { failures };
}

function sharesOf(
  network: Network,
  { session, key, scheme, message }: FrostRequest,
  signers: Signers,
  spareCount: number,
): Promise<CollectedShares<Uint8Array>> {
  const { platform, epoch } = network;
  const requestId = newRequestId(platform);
  const commitments = signers.map(({ node, value: { id, hiding, binding } }) => ({
    party: node.party,
    ...{ id, hiding, binding },
  }));
  return collectShares({
    signers: signers.map(({ node }) => node),
    spareCount,
    ask: async (node, signal) => {
      const answer = await callNode({
        ...{ platform, node, epoch, signal, timeoutMs: SIGN_TIMEOUT_MS },
        route: 'signShare',
        request: {
          authSig: sessionSignature(session, node.url, platform.now()),
          epoch,
          tokenId: key.tokenId,
          scheme,
          message: toHex(message),
          commitments,
          requestId,
        },
      });
      if (answer.party !== node.party) throw lied(node, 'it answers as another party');
      session.commitments.add(node.party, scheme, answer.nextCommitments ?? []);
      return fromHex(answer.share);
    },
  });
}
