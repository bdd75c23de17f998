import { KeymeshError, type PartyIndex } from '@keymesh/foundation';
import type { Network, NetworkNode } from '../network/network.ts';
import { type Answer, collect } from './collect.ts';
import { liarsOf, lied, type NodeFailure } from './node-failure.ts';

export interface CollectVerifiedParameters<T, Result> {
  readonly ask: (node: NetworkNode, signal: AbortSignal) => Promise<T>;
  /**
   * Makes the result of exactly t answers and verifies it.
   * @throws KeymeshError with fault `peer` and culprits if some answers are wrong.
   */
  readonly combine: (answers: readonly Answer<T>[]) => Result;
}

export interface CollectedResult<T, Result> {
  readonly result: Result;
  /** The t answers that made it, ascending by party. */
  readonly answers: readonly Answer<T>[];
  /** Parties that were caught with wrong answers on the way, ascending. */
  readonly culprits: readonly PartyIndex[];
}

/**
 * A result that any t nodes' answers make together. Answers that turn out wrong when they are combined name their
 * sender; the others are kept, and spares are asked for what is missing. Each round loses a node, so it ends.
 *
 * @throws as `collect`; errors of `combine` that blame nobody.
 */
export async function collectVerified<T, Result>(
  network: Pick<Network, 'shareholders' | 'threshold' | 'health'>,
  { ask, combine }: CollectVerifiedParameters<T, Result>,
): Promise<CollectedResult<T, Result>> {
  const { shareholders, threshold, health } = network;
  const kept = new Map<PartyIndex, Answer<T>>();
  let failures: readonly NodeFailure[] = [];
  for (;;) {
    const failed = new Set(failures.map(({ node }) => node.party));
    const collected = await collect({
      candidates: shareholders.filter(({ party }) => !kept.has(party) && !failed.has(party)),
      total: shareholders.length,
      threshold,
      inHand: kept.size,
      ask,
      health,
      earlierFailures: failures,
    });
    failures = collected.failures;
    for (const answer of collected.answers) kept.set(answer.node.party, answer);
    const answers = [...kept.values()].sort((a, b) => a.node.party - b.node.party);
    try {
      return { result: combine(answers), answers, culprits: liarsOf(failures) };
    } catch (thrown) {
      const convicted = convict(thrown, answers);
      if (convicted.length === 0) throw thrown;
      for (const { node } of convicted) {
        health.failed(node.party);
        kept.delete(node.party);
      }
      failures = [...failures, ...convicted];
    }
  }
}

/** The nodes that an error of threshold cryptography names, as failures of theirs. */
export function convict(thrown: unknown, answers: readonly Answer<unknown>[]): NodeFailure[] {
  if (!(thrown instanceof KeymeshError) || thrown.fault !== 'peer') return [];
  return answers
    .filter(({ node }) => thrown.culprits.includes(node.party))
    .map(({ node }) => ({ node, error: lied(node, 'its share does not verify', thrown) }));
}
