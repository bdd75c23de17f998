import { KeymeshError, type PartyIndex, toKeymeshError } from '@keymesh/foundation';
import { SdkError, type SdkErrorCode } from '../errors.ts';
import type { NetworkNode } from '../network/network.ts';
import { NodeRefusal } from './node-refusal.ts';

/** Why one node was of no use. */
export interface NodeFailure {
  readonly node: NetworkNode;
  readonly error: unknown;
}

/** What may go wrong with one node while others do. Every other error of ours ends the whole operation. */
const NODE_CODES: readonly SdkErrorCode[] = [
  'sdk/node-unreachable',
  'sdk/node-lied',
  'sdk/node-stale',
  'sdk/node-refused',
  'sdk/node-contradicts',
];

/**
 * Whether an error is about the one node that was asked. An ended session, for example, is not: asking others would
 * not help, and blaming nodes would be wrong. Errors that are not ours count as the node's, without blame.
 */
export function isAboutNode(error: unknown): boolean {
  return !(error instanceof KeymeshError) || (NODE_CODES as readonly string[]).includes(error.code);
}

/** The refusal behind a failure, if the node refused. */
export function refusalOf(error: unknown): NodeRefusal | undefined {
  return error instanceof SdkError && error.cause instanceof NodeRefusal ? error.cause : undefined;
}

export function isUnreachable(error: unknown): boolean {
  return error instanceof SdkError && error.code === 'sdk/node-unreachable';
}

/** The parties among the failures that were caught in a lie, ascending. */
export function liarsOf(failures: readonly NodeFailure[]): PartyIndex[] {
  const liars = failures
    .filter(({ error }) => error instanceof SdkError && error.code === 'sdk/node-lied')
    .map(({ node }) => node.party);
  return [...new Set(liars)].sort((a, b) => a - b);
}

/** A failure for people. */
export function describeFailure({ node, error }: NodeFailure): string {
  const reason = isUnreachable(error) ? 'no answer' : toKeymeshError(error).message;
  return `node ${node.party} (${node.url}): ${reason}`;
}

/** The error for a node that answered something untrue. */
export function lied(node: NetworkNode, how: string, cause?: unknown): SdkError {
  return new SdkError(`Node ${node.party} (${node.url}) is not to be trusted: ${how}.`, {
    code: 'sdk/node-lied',
    fault: 'peer',
    culprits: [node.party],
    hint: 'The operation goes on with other nodes where there are enough.',
    details: { party: node.party, url: node.url },
    cause,
  });
}

/** The error for a node that did not answer, or whose answer did not come from it. */
export function unreachable(node: NetworkNode, how: string, cause?: unknown): SdkError {
  return new SdkError(`Node ${node.party} (${node.url}) ${how}.`, {
    code: 'sdk/node-unreachable',
    fault: 'environment',
    hint: 'The operation goes on with other nodes where there are enough.',
    details: { party: node.party, url: node.url },
    cause,
  });
}

/** The error for a node whose answer does not fit those of the others. */
export function contradicts(node: NetworkNode): SdkError {
  return new SdkError(`Node ${node.party} (${node.url}) contradicts the other signers.`, {
    code: 'sdk/node-contradicts',
    fault: 'environment',
    hint: 'The operation goes on with other nodes where there are enough.',
    details: { party: node.party, url: node.url },
  });
}

/** The error for a node that refused; its own words are the cause. */
export function refused(node: NetworkNode, refusal: NodeRefusal): SdkError {
  return new SdkError(`Node ${node.party} refused: ${refusal.message}`, {
    code: 'sdk/node-refused',
    fault: refusal.fault,
    ...(refusal.hint === undefined ? {} : { hint: refusal.hint }),
    details: { party: node.party, url: node.url, nodeCode: refusal.code },
    cause: refusal,
  });
}
