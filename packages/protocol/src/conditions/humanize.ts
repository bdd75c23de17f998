import { ProtocolError } from '../errors.ts';
import type { Explanation } from './evaluate.ts';
import { phraseOf } from './reading.ts';
import type { ConditionItem, ConditionList } from './schema.ts';
import { isOperator } from './structure.ts';

/** At most so many unmet conditions are written out in one message. */
const UNMET_SHOWN_MAX = 5;

/**
 * The conditions as one sentence, for whom no caller is known yet.
 * @throws ProtocolError `conditions/unsupported`
 */
export function humanize(list: ConditionList): string {
  const text = phrase(list);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** The refusal of a caller who does not satisfy the conditions: it says what is demanded and what was found. */
export function conditionsDenied(explanation: Explanation): ProtocolError {
  const unmet = unmetOf(explanation);
  const shown = unmet.slice(0, UNMET_SHOWN_MAX);
  const more = unmet.length > shown.length ? `; and ${unmet.length - shown.length} more` : '';
  return new ProtocolError(`The conditions are not satisfied: ${shown.join('; and ')}${more}.`, {
    code: 'conditions/denied',
    fault: 'caller',
    hint: 'Use a wallet that satisfies the conditions that the data was encrypted to.',
    details: { unmet: shown },
  });
}

function unmetOf(explanation: Explanation): string[] {
  if (explanation.satisfied) return [];
  if (explanation.kind === 'condition') return [`${explanation.demand}; ${explanation.found}`];
  return explanation.items.flatMap(unmetOf);
}

function phrase(item: ConditionItem): string {
  if (Array.isArray(item))
    return item.map((part) => (Array.isArray(part) ? `(${phrase(part)})` : phrase(part))).join(' ');
  if (isOperator(item)) return item.operator;
  const { comparator, value } = item.returnValueTest;
  const parameters = 'functionAbi' in item ? item.functionParams : item.parameters;
  return phraseOf(item, parameters).must(`${comparator} ${value === ':userAddress' ? "the caller's wallet" : value}`);
}
