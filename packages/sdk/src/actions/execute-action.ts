import type { PartyIndex } from '@keymesh/foundation';
import { cidOf, isCid } from '@keymesh/protocol/cid';
import { executeRequestIdentity, type ResponseOf, runIdOf } from '@keymesh/protocol/routes';
import { type Capability, capability } from '@keymesh/protocol/sessions';
import { invalidArgument } from '../errors.ts';
import { ACTION_GRACE_MS, ACTION_TIMEOUT_MS } from '../limits.ts';
import type { Network, NetworkNode } from '../network/network.ts';
import { callNode } from '../nodes/call-node.ts';
import type { Answer } from '../nodes/collect.ts';
import { isAboutNode, lied, type NodeFailure } from '../nodes/node-failure.ts';
import { quorumError } from '../nodes/quorum-error.ts';
import { assertUsable, type Session, sessionSignature } from '../session/session.ts';
import { newRequestId } from '../signing/request-id.ts';
import { type ActionClaim, collectClaims } from './action-claims.ts';
import { ActionFailure } from './action-failure.ts';
import { type ActionSignature, combineSignatures } from './action-signatures.ts';
import { chooseRunners } from './choose-runners.ts';
import { type LogListener, NodeLogs } from './node-logs.ts';
import type { NodeRun } from './node-run.ts';
import { type Parting, partingOf } from './parting.ts';
import { chooseResponse, type ResponseStrategy } from './response-strategy.ts';

export interface ExecuteActionParameters {
  readonly session: Session;
  /** The program's text; or, instead, `ipfsId`. */
  readonly code?: string;
  /** CID of a program that the nodes find by themselves. */
  readonly ipfsId?: string;
  /** What the program finds as `jsParams`, and each key as a global. JSON. */
  readonly jsParams?: Readonly<Record<string, unknown>>;
  /** Default `leastCommon`. */
  readonly responseStrategy?: ResponseStrategy;
  /**
   * Whether the nodes shall write the run down (`nodes[].recording`), to repeat it elsewhere. Only a network for
   * development does.
   */
  readonly record?: boolean;
  /** Is told what a node's program logs while it runs: all of it in the end, piece by piece. */
  readonly onLogs?: LogListener;
  /** How long to wait for the nodes. Milliseconds; default one minute. */
  readonly timeoutMs?: number;
}

export interface ActionResult {
  /** What the program set as its response, chosen by the strategy if nodes differ. */
  readonly response: string;
  /** What the program logged on the first of the nodes that gave that response. */
  readonly logs: string;
  /** By `sigName`. */
  readonly signatures: Readonly<Record<string, ActionSignature>>;
  /** By `keyId`: keys that the program claims for the session's wallet, which can mint them (`mintClaimed`). */
  readonly claims: Readonly<Record<string, ActionClaim>>;
  /** CIDv0 of the program's text. */
  readonly ipfsId: string;
  /** By node, ascending by party. */
  readonly nodes: readonly NodeRun[];
  /** Where nodes went different ways, if their responses differ. */
  readonly parting: Parting | undefined;
}

/**
 * Lets a session run programs.
 * @param ipfsId CIDv0 of the program's text, or `*` for all: then whoever holds the session may run anything with it.
 */
export function allowExecution(ipfsId = '*'): Capability {
  return capability('lit-action-execution', ipfsId);
}

/**
 * Runs a program on t nodes at once. It is not tried again when a node fails on the way, because it may have acted
 * already; nodes that do not answer at all are left out before it begins.
 *
 * @throws ActionFailure `sdk/action-failed` with the logs of all nodes, when the program does not end well everywhere;
 *   SdkError `sdk/action-diverged`, `sdk/invalid-argument`, `sdk/too-few-nodes`, `sdk/session-unusable`, `sdk/node-lied`;
 *   a node's own refusal (`session/…`, `delegation/…`, `actions/…`).
 */
export async function executeAction(network: Network, parameters: ExecuteActionParameters): Promise<ActionResult> {
  const { session, responseStrategy = 'leastCommon' } = parameters;
  const program = readProgram(parameters);
  const jsParams = JSON.stringify(parameters.jsParams ?? {});
  assertUsable(session, network.platform.now());
  const runners = await chooseRunners(network);
  const signers = runners.map(({ party }) => party);
  const requestId = newRequestId(network.platform);
  const answers = await askAll(network, runners, { ...parameters, program, jsParams, signers, requestId });
  const nodes = answers.map(({ node, value }) => nodeRun(node, value));
  const failed = nodes.filter(({ error }) => error !== undefined);
  if (failed.length > 0) throw new ActionFailure(nodes);
  const { cid } = (answers[0] as Answer<RunAnswer>).value;
  assertProgram(answers, cid, program);
  const identity = executeRequestIdentity(session.wallet.toLowerCase(), {
    cid,
    jsParams,
    signers,
    epoch: network.epoch,
  });
  const signatures = await combineSignatures(network, runIdOf(identity, requestId), answers);
  const response = chooseResponse(
    nodes.map((run) => run.response),
    responseStrategy,
  );
  const claims = collectClaims({ ...network, claimer: session.wallet }, answers);
  const isAlike = nodes.every((run) => run.response === response);
  const logs = (nodes.find((run) => run.response === response) ?? nodes[0])?.logs ?? '';
  return {
    response,
    logs,
    signatures,
    claims,
    ipfsId: cid,
    nodes,
    parting: isAlike ? undefined : partingOf(nodes),
  };
}

type RunAnswer = ResponseOf<'execute'>;

interface RunRequest extends ExecuteActionParameters {
  readonly program: { readonly code: string } | { readonly cid: string };
  readonly jsParams: never;
  readonly signers: readonly PartyIndex[];
  readonly requestId: string;
}

async function askAll(
  network: Network,
  runners: readonly NetworkNode[],
  run: Omit<RunRequest, 'jsParams'> & { readonly jsParams: string },
): Promise<readonly Answer<RunAnswer>[]> {
  const { platform, epoch, health, threshold, shareholders } = network;
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
  if (failures.length > 0) {
    throw quorumError({ needed: threshold, total: shareholders.length, answered: answers.length, failures });
  }
  return answers.sort((a, b) => a.node.party - b.node.party);
}

function nodeRun({ party, url }: NetworkNode, { error, response, logs, steps, recording }: RunAnswer): NodeRun {
  return { party, url, error, response, logs, steps, ...(recording === undefined ? {} : { recording }) };
}

/** A node that ran another text lies: the request was for one. */
function assertProgram(answers: readonly Answer<RunAnswer>[], cid: string, program: RunRequest['program']): void {
  const isAsked = 'code' in program ? cid === cidOf(program.code) : isSameContent(cid, program.cid);
  const other = isAsked ? answers.find(({ value }) => value.cid !== cid) : answers[0];
  if (other !== undefined) throw lied(other.node, 'it ran another program than it was asked to');
}

/** Two versions of a CID of one short text have different hashes, because version 1 has raw leaves: then only nodes can tell. */
function isSameContent(cid: string, asked: string): boolean {
  return asked.startsWith('Qm') ? cid === asked : isCid(asked);
}

function readProgram({ code, ipfsId }: ExecuteActionParameters): RunRequest['program'] {
  if (typeof code === 'string' && ipfsId === undefined) return { code };
  if (typeof ipfsId === 'string' && code === undefined) return { cid: ipfsId };
  throw invalidArgument(
    'A program is given by its code or by its CID.',
    'Pass either `code` (the text) or `ipfsId` (what `keymesh action cid` prints).',
  );
}
