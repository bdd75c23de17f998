import type { PartyIndex } from '@keymesh/foundation';
import type { ResponseOf } from '@keymesh/protocol/routes';
import { ACTION_GRACE_MS, ACTION_TIMEOUT_MS, ACTION_TRIES_MAX } from '../limits.ts';
import type { Network, NetworkNode } from '../network/network.ts';
import { callNode } from '../nodes/call-node.ts';
import type { Answer } from '../nodes/collect.ts';
import { isAboutNode, lied, type NodeFailure, refusalOf } from '../nodes/node-failure.ts';
import { quorumError } from '../nodes/quorum-error.ts';
import { type Session, sessionSignature } from '../session/session.ts';
import { newRequestId } from '../signing/request-id.ts';
import { chooseRunners } from './choose-runners.ts';
import { type LogListener, NodeLogs } from './node-logs.ts';

/** A program's text, or the CID under which nodes find it. */
export type ProgramReference = { readonly code: string } | { readonly cid: string };

export interface Run {
  readonly session: Session;
  readonly program: ProgramReference;
  /** A JSON object. */
  readonly jsParams: string;
  readonly record?: boolean;
  readonly onLogs?: LogListener;
  /** Milliseconds. */
  readonly timeoutMs?: number;
}

type RunAnswer = ResponseOf<'execute'>;

/** What t nodes answered that ran a program together. */
export interface Ran {
  /** Ascending by party, as `signers`. */
  readonly answers: readonly Answer<RunAnswer>[];
  readonly signers: readonly PartyIndex[];
  readonly requestId: string;
}

/**
 * Lets t nodes run a program. Where no node began it, because some refused, it is tried with others: every node says so
 * for itself, and an honest one that says so has run no line.
 * @throws the error that says best why there are not enough answers; see `quorumError`.
 */
export async function runOnNodes(network: Network, run: Run): Promise<Ran> {
  for (let tries = 1; ; tries++) {
    const runners = await chooseRunners(network);
    const signers = runners.map(({ party }) => party);
    const requestId = newRequestId(network.platform);
    const tried = await askAll(network, runners, { ...run, signers, requestId });
    const { answers, failures } = tried;
    if (tries < ACTION_TRIES_MAX && hasNowhereBegun(tried)) continue;
    if (failures.length === 0) return { answers, signers, requestId };
    const { threshold: needed, shareholders } = network;
    throw quorumError({ needed, total: shareholders.length, answered: answers.length, failures });
  }
}

interface Tried {
  readonly answers: readonly Answer<RunAnswer>[];
  /** Of all nodes that gave none. */
  readonly failures: readonly NodeFailure[];
}

/**
 * Some nodes refused for reasons of their own, and all others say that they have not begun. Who gave no answer at all
 * may have begun, and done something.
 */
function hasNowhereBegun({ answers, failures }: Tried): boolean {
  return (
    answers.length > 0 &&
    answers.every(({ value }) => value.error?.code === 'actions/not-begun') &&
    failures.length > 0 &&
    failures.every(({ error }) => refusalOf(error)?.fault === 'environment')
  );
}

async function askAll(
  { platform, epoch, health }: Network,
  runners: readonly NetworkNode[],
  run: Run & Pick<Ran, 'signers' | 'requestId'>,
): Promise<Tried> {
  const { session, program, jsParams, signers, requestId, record = false, onLogs, timeoutMs = ACTION_TIMEOUT_MS } = run;
  const failures: NodeFailure[] = [];
  const answers: Answer<RunAnswer>[] = [];
  const abort = new AbortController();
  let grace: ReturnType<typeof setTimeout> | undefined;
  const ask = async (node: NetworkNode): Promise<void> => {
    const logs = onLogs && new NodeLogs(node, onLogs);
    try {
      const value = await callNode<'execute'>({
        ...{ platform, node, epoch, timeoutMs, route: 'execute', signal: abort.signal },
        request: {
          authSig: sessionSignature(session, node.url, platform.now()),
          ...{ epoch, ...program, jsParams, signers: [...signers], requestId },
          ...(record ? { record } : {}),
          ...(logs === undefined ? {} : { stream: true }),
        },
        ...(logs === undefined ? {} : { onProgress: (progress) => logs.add(progress.logs) }),
      });
      if (value.party !== node.party) throw lied(node, 'it answers as another party');
      logs?.end(value.logs);
      health.succeeded(node.party);
      answers.push({ node, value });
    } catch (error) {
      if (!isAboutNode(error)) throw error;
      // Who was not awaited any longer has done nothing wrong.
      if (!abort.signal.aborted) health.failed(node.party);
      failures.push({ node, error });
      // The others wait for this node to begin; what they would say then is not awaited.
      grace ??= setTimeout(() => abort.abort(), ACTION_GRACE_MS);
    }
  };
  try {
    await Promise.all(runners.map(ask));
  } finally {
    clearTimeout(grace);
  }
  return { answers: answers.sort((a, b) => a.node.party - b.node.party), failures };
}
