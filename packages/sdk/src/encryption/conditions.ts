import { type ConditionField, type ConditionList, parseConditions } from '@keymesh/protocol/conditions';
import { CONDITION_FIELDS } from '@keymesh/protocol/routes';
import { invalidArgument } from '../errors.ts';

/** Conditions under the name of their kind, exactly one of them; see docs/reference of the conditions. */
export type Conditions = { readonly [Field in ConditionField]?: ConditionList };

/**
 * The one list of conditions among the three names, read strictly.
 * @throws SdkError `sdk/invalid-argument` for none or several; ProtocolError `conditions/…`.
 */
export function parseOne(conditions: Conditions): { readonly field: ConditionField; readonly list: ConditionList } {
  const [field, ...others] = CONDITION_FIELDS.filter((name) => conditions[name] !== undefined);
  if (field === undefined || others.length > 0) {
    throw invalidArgument(
      `Exactly one of ${CONDITION_FIELDS.join(', ')} is needed.`,
      'Pass the conditions under the name of their kind.',
    );
  }
  return { field, list: parseConditions(field, conditions[field]) };
}
