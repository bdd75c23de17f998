import { ProtocolError } from '../errors.ts';
import { CONDITIONS_DEPTH_MAX, CONDITIONS_MAX } from '../limits.ts';
import type { ConditionItem, ConditionList, Operator } from './schema.ts';

/** Whether an item of a list joins its neighbours. */
export function isOperator<Leaf>(item: ConditionItem<Leaf>): item is Operator {
  return !Array.isArray(item) && typeof item === 'object' && item !== null && 'operator' in item;
}

/**
 * Checks what a schema cannot say well: conditions and operators alternate, in every group, and there are not too
 * many of them. Groups count by what is in them.
 * @throws ProtocolError `conditions/malformed`, `conditions/too-many`
 */
export function checkStructure<Leaf>(list: ConditionList<Leaf>): void {
  const count = countLeaves(list, 'conditions', 1);
  if (count > CONDITIONS_MAX) {
    throw new ProtocolError(`There are ${count} conditions; at most ${CONDITIONS_MAX} are allowed.`, {
      code: 'conditions/too-many',
      fault: 'caller',
      hint: 'Put the rule into a contract of your own and ask it with one condition.',
      details: { count, limit: CONDITIONS_MAX },
    });
  }
}

function countLeaves<Leaf>(list: ConditionList<Leaf>, path: string, depth: number): number {
  if (depth > CONDITIONS_DEPTH_MAX) throw malformed(path, `groups nest deeper than ${CONDITIONS_DEPTH_MAX} levels`);
  if (list.length % 2 === 0) throw malformed(path, 'conditions must alternate with operators, and end in a condition');
  let count = 0;
  for (const [i, item] of list.entries()) {
    if (isOperator(item) !== (i % 2 === 1)) {
      throw malformed(`${path}[${i}]`, i % 2 === 1 ? 'an operator must stand here' : 'a condition must stand here');
    }
    if (Array.isArray(item)) count += countLeaves(item, `${path}[${i}]`, depth + 1);
    else if (i % 2 === 0) count += 1;
  }
  return count;
}

/** Conditions that are wrong in themselves, whatever the chain says. `path` is where, like `conditions[2]`. */
export function malformed(path: string, reason: string): ProtocolError {
  return new ProtocolError(`The conditions are malformed at ${path}: ${reason}.`, {
    code: 'conditions/malformed',
    fault: 'caller',
    details: { path },
  });
}

/** A kind of condition that no one here evaluates; better refused when encrypting than for ever when decrypting. */
export function unsupported(what: string): ProtocolError {
  return new ProtocolError(`Conditions of the kind ${what} are not supported by this network.`, {
    code: 'conditions/unsupported',
    fault: 'caller',
    hint: 'The README of @keymesh/protocol lists the kinds that are.',
    details: { kind: what },
  });
}
