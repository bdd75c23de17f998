import { ProtocolError } from '../errors.ts';
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

/** Stands for a caller who is not known yet. */
const NOBODY = `0x${'0'.repeat(40)}`;

/**
 * Refuses conditions that no caller could ever be judged by; to be asked before anything is encrypted to them.
 * Conditions with a `:litParam:` are judged when its value is known.
 * @throws ProtocolError `conditions/malformed`, `conditions/unsupported`
 */
export function requireEvaluable(list: ConditionList): void {
  for (const condition of leavesOf(list)) {
    try {
      prepareCondition(condition, { userAddress: NOBODY });
    } catch (thrown) {
      if (!(thrown instanceof ProtocolError) || thrown.code !== 'conditions/parameter-missing') throw thrown;
    }
  }
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
