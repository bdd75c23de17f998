import { KeymeshError, type PartyIndex, toKeymeshError } from '@keymesh/foundation';
import { SdkError } from '../errors.ts';
import type { NetworkNode } from '../network/network.ts';
import { NodeRefusal } from './call-node.ts';

/** Why one node was of no use. */
export interface NodeFailure {
  readonly node: NetworkNode;
  readonly error: unknown;
}

/**
 * Why too few nodes gave good answers, in the words that help most: if the nodes that refused are what is missing,
 * their most frequent refusal itself (a denied condition reads as such); otherwise how many are needed and how many
 * can be reached.
 */
export function quorumError(parameters: {
  readonly need: number;
  readonly total: number;
  readonly failures: readonly NodeFailure[];
}): KeymeshError {
  const { need, total, failures } = parameters;
  const refusals = failures.flatMap(({ error }) =>
    error instanceof KeymeshError && error.cause instanceof NodeRefusal ? [error.cause] : [],
  );
  const unreachable = failures.filter(({ error }) => (error as { code?: unknown }).code === 'sdk/node-unreachable');
  const reachable = total - unreachable.length;
  if (reachable >= need && refusals.length > 0) return mostFrequent(refusals);
  const culprits = liarsOf(failures);
  const good = reachable - culprits.length;
  const without = culprits.length === 0 ? '' : `, ${culprits.length} of them with wrong answers`;
  return new SdkError(`Not enough nodes: ${need} of ${total} needed, ${reachable} reachable${without}.`, {
    code: 'sdk/too-few-nodes',
    fault: culprits.length > 0 && good < need && reachable >= need ? 'peer' : 'environment',
    hint: `Missing: ${failures.map(({ node, error }) => `node ${node.party} (${node.url}): ${reasonOf(error)}`).join('; ')}`,
    ...(culprits.length === 0 ? {} : { culprits }),
    details: { needed: need, total, reachable },
  });
}

/** The parties among the failures that were caught in a lie, ascending. */
export function liarsOf(failures: readonly NodeFailure[]): PartyIndex[] {
  const liars = failures.filter(({ error }) => (error as { code?: unknown }).code === 'sdk/node-lied');
  return [...new Set(liars.map(({ node }) => node.party))].sort((a, b) => a - b);
}

function mostFrequent(refusals: readonly NodeRefusal[]): NodeRefusal {
  const counts = new Map<string, number>();
  for (const { code } of refusals) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...refusals].sort((a, b) => (counts.get(b.code) ?? 0) - (counts.get(a.code) ?? 0))[0] as NodeRefusal;
}

function reasonOf(error: unknown): string {
  return toKeymeshError(error).code === 'sdk/node-unreachable' ? 'no answer' : toKeymeshError(error).message;
}
