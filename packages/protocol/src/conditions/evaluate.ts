import { ProtocolError } from '../errors.ts';
import type { ConditionContext } from './context.ts';
import { type FactAnswer, factKey } from './facts.ts';
import { prepareCondition } from './reading.ts';
import type { Condition, ConditionList } from './schema.ts';
import { checkStructure, isOperator } from './structure.ts';
import { showValue } from './value.ts';

/** Why conditions hold or not: the shape of the conditions, each with its sentence and what was found. */
export type Explanation =
  | {
      readonly kind: 'condition';
      readonly satisfied: boolean;
      /** What is demanded, as a sentence without its end. */
      readonly demand: string;
      /** What was found, as the rest of that sentence. */
      readonly found: string;
      readonly value: string;
    }
  | {
      readonly kind: 'group';
      readonly satisfied: boolean;
      /** One fewer than items. */
      readonly operators: readonly ('and' | 'or')[];
      readonly items: readonly Explanation[];
    };

export interface Evaluation {
  readonly satisfied: boolean;
  readonly explanation: Explanation;
}

/**
 * Judges conditions over facts, as the reference's node does: every condition is looked at, and operators fold from
 * left to right without precedence, so `A or B and C` is `(A or B) and C`.
 * @param facts the answer to every request of `planFacts` for the same context, by `factKey`.
 * @throws ProtocolError as `planFacts`; `conditions/answer-unusable` if an answer cannot be read, which fails the
 *   whole check as in the reference; `conditions/fact-missing` if the plan was not carried out.
 */
export function evaluate(
  list: ConditionList,
  facts: ReadonlyMap<string, FactAnswer>,
  context: ConditionContext,
): Evaluation {
  checkStructure(list);
  const explanation = explainGroup(list, facts, context);
  return { satisfied: explanation.satisfied, explanation };
}

function explainGroup(
  list: ConditionList,
  facts: ReadonlyMap<string, FactAnswer>,
  context: ConditionContext,
): Explanation {
  const operators = list.filter(isOperator).map((item) => item.operator);
  const items: Explanation[] = [];
  for (const item of list) {
    if (Array.isArray(item)) items.push(explainGroup(item, facts, context));
    else if (!isOperator(item)) items.push(explainCondition(item, facts, context));
  }
  const satisfied = items.reduce((left, item, i) => {
    if (i === 0) return item.satisfied;
    return operators[i - 1] === 'and' ? left && item.satisfied : left || item.satisfied;
  }, false);
  return { kind: 'group', satisfied, operators, items };
}

function explainCondition(
  condition: Condition,
  facts: ReadonlyMap<string, FactAnswer>,
  context: ConditionContext,
): Explanation {
  const { reading, test, phrase, testText } = prepareCondition(condition, context);
  const answer = reading.request === undefined ? undefined : facts.get(factKey(reading.request));
  if (reading.request !== undefined && answer === undefined) {
    throw new ProtocolError('A fact that the conditions need was not fetched.', {
      code: 'conditions/fact-missing',
      fault: 'bug',
    });
  }
  const value = reading.decode(answer);
  const text = showValue(value);
  return {
    kind: 'condition',
    satisfied: test(value),
    demand: phrase.must(testText),
    found: phrase.is(text),
    value: text,
  };
}
