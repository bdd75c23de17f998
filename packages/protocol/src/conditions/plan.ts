import type { ConditionContext } from './context.ts';
import { type FactRequest, factKey } from './facts.ts';
import { prepareCondition } from './reading.ts';
import type { Condition, ConditionList } from './schema.ts';

/**
 * What must be known before the conditions can be judged for this caller; each thing once. Every condition is
 * planned, so one that is wrong is refused even where the others would decide.
 * @throws ProtocolError `conditions/malformed`, `conditions/unsupported`, `conditions/parameter-missing`
 */
export function planFacts(list: ConditionList, context: ConditionContext): readonly FactRequest[] {
  const requests = new Map<string, FactRequest>();
  for (const condition of leavesOf(list)) {
    const { request } = prepareCondition(condition, context).reading;
    if (request !== undefined) requests.set(factKey(request), request);
  }
  return [...requests.values()];
}

/** The names of all chains that the conditions mention, in order of appearance. */
export function chainsOf(list: ConditionList): readonly string[] {
  return [...new Set(leavesOf(list).map((condition) => condition.chain))];
}

function leavesOf(list: ConditionList): readonly Condition[] {
  return list.flatMap((item) => {
    if (Array.isArray(item)) return leavesOf(item);
    return 'operator' in item ? [] : [item];
  });
}
