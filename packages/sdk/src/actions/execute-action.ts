import { cidOf, isCid } from '@keymesh/protocol/cid';
import { executeRequestIdentity, type ResponseOf, runIdOf } from '@keymesh/protocol/routes';
import { type Capability, capability } from '@keymesh/protocol/sessions';
import { invalidArgument } from '../errors.ts';
import type { Network, NetworkNode } from '../network/network.ts';
import type { Answer } from '../nodes/collect.ts';
import { lied } from '../nodes/node-failure.ts';
import { assertUsable, type Session } from '../session/session.ts';
import { type ActionClaim, collectClaims } from './action-claims.ts';
import { ActionFailure } from './action-failure.ts';
import { type ActionSignature, combineSignatures } from './action-signatures.ts';
import type { LogListener } from './node-logs.ts';
import type { NodeRun } from './node-run.ts';
import { type Parting, partingOf } from './parting.ts';
import { chooseResponse, type ResponseStrategy } from './response-strategy.ts';
import { type ProgramReference, runOnNodes } from './run-on-nodes.ts';

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
 * Runs a program on t nodes at once. Nodes that do not answer are left out before it begins, and it is tried with others
 * where all nodes say that it did not begin; not when a node fails on the way, because it may have acted already.
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
  const { answers, signers, requestId } = await runOnNodes(network, { ...parameters, program, jsParams });
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

function nodeRun({ party, url }: NetworkNode, { error, response, logs, steps, recording }: RunAnswer): NodeRun {
  return { party, url, error, response, logs, steps, ...(recording === undefined ? {} : { recording }) };
}

/** A node that ran another text lies: the request was for one. */
function assertProgram(answers: readonly Answer<RunAnswer>[], cid: string, program: ProgramReference): void {
  const isAsked = 'code' in program ? cid === cidOf(program.code) : isSameContent(cid, program.cid);
  const other = isAsked ? answers.find(({ value }) => value.cid !== cid) : answers[0];
  if (other !== undefined) throw lied(other.node, 'it ran another program than it was asked to');
}

/** Two versions of a CID of one short text have different hashes, because version 1 has raw leaves: then only nodes can tell. */
function isSameContent(cid: string, asked: string): boolean {
  return asked.startsWith('Qm') ? cid === asked : isCid(asked);
}

function readProgram({ code, ipfsId }: ExecuteActionParameters): ProgramReference {
  if (typeof code === 'string' && ipfsId === undefined) return { code };
  if (typeof ipfsId === 'string' && code === undefined) return { cid: ipfsId };
  throw invalidArgument(
    'A program is given by its code or by its CID.',
    'Pass either `code` (the text) or `ipfsId` (what `keymesh action cid` prints).',
  );
}
