import type { KeymeshError } from '@keymesh/foundation';
import { SdkError } from '../errors.ts';
import { describeFailure, isUnreachable, liarsOf, type NodeFailure, refusalOf } from './node-failure.ts';
import type { NodeRefusal } from './node-refusal.ts';

/**
 * Why too few nodes gave good answers, in the words that help most.
 *
 * A refusal (a denied condition, a missing permission) is said in the nodes' own words where enough nodes can be
 * reached and it is their judgement: more of them refuse than may be faulty, or more than gave a good answer. Else it
 * is how many nodes are needed and how many can be reached; a lone node cannot make others' "yes" read as a "no".
 */
export function quorumError(parameters: {
  /** t */
  readonly needed: number;
  /** Nodes that could be asked at all. */
  readonly total: number;
  /** Nodes that gave good answers. */
  readonly answered: number;
  readonly failures: readonly NodeFailure[];
}): KeymeshError {
  const { needed, total, answered, failures } = parameters;
  const unreachable = new Set(failures.filter(({ error }) => isUnreachable(error)).map(({ node }) => node.party));
  const reachable = total - unreachable.size;
  const refusals = failures.flatMap(({ error }) => refusalOf(error) ?? []);
  if (reachable >= needed && (refusals.length > total - needed || refusals.length > answered)) {
    const refusal = mostFrequent(refusals);
    if (refusal !== undefined) return refusal;
  }
  const culprits = liarsOf(failures);
  const wrong = culprits.length === 0 ? '' : `, ${culprits.length} of them with wrong answers`;
  const refusing = refusals.length === 0 ? '' : `, ${refusals.length} of them refusing`;
  const unexpected = failures.find(({ error }) => !(error instanceof SdkError))?.error;
  return new SdkError(`Not enough nodes: ${needed} of ${total} needed, ${reachable} reachable${wrong}${refusing}.`, {
    code: 'sdk/too-few-nodes',
    fault: culprits.length > 0 ? 'peer' : 'environment',
    culprits,
    ...(failures.length === 0 ? {} : { hint: failures.map(describeFailure).join('; ') }),
    details: { needed, total, reachable },
    cause: unexpected,
  });
}

/** Among equally frequent ones a refusal that the caller can do something about comes first. */
function mostFrequent(refusals: readonly NodeRefusal[]): NodeRefusal | undefined {
  const weight = ({ code, fault }: NodeRefusal): number =>
    2 * refusals.filter((other) => other.code === code).length + (fault === 'caller' ? 1 : 0);
  return [...refusals].sort((a, b) => weight(b) - weight(a))[0];
}
