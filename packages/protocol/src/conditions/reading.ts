import { type ConditionContext, substituteValue, substitution } from './context.ts';
import { phraseEvmContract, readEvmContract } from './kinds/evm-contract.ts';
import type { Phrase, Reading } from './kinds/kind.ts';
import { kindOf } from './kinds/table.ts';
import type { Condition } from './schema.ts';
import { readTest, type Test } from './value.ts';

/** A condition that is ready to be judged for one caller. */
export interface PreparedCondition {
  readonly reading: Reading;
  readonly test: Test;
  readonly phrase: Phrase;
  /** The right side for people, like `> 0`. */
  readonly testText: string;
}

/** @throws ProtocolError `conditions/malformed`, `conditions/unsupported`, `conditions/parameter-missing` */
export function prepareCondition(condition: Condition, context: ConditionContext): PreparedCondition {
  const substitute = substitution(context);
  const isContract = 'functionAbi' in condition;
  const reading = isContract ? readEvmContract(condition, substitute) : kindOf(condition).read(condition, substitute);
  const { comparator, value } = condition.returnValueTest;
  const right = substituteValue(value, context);
  // For people, so lists need not be split: what is compared was built by the reading.
  const shown = (isContract ? condition.functionParams : condition.parameters).map((text) =>
    text.replaceAll(':userAddress', context.userAddress),
  );
  return {
    reading,
    test: readTest(reading.type, comparator, right),
    phrase: phraseOf(condition, shown),
    testText: `${comparator} ${right}`,
  };
}

/** @throws ProtocolError `conditions/unsupported` */
export function phraseOf(condition: Condition, parameters: readonly string[]): Phrase {
  if ('functionAbi' in condition) return phraseEvmContract(condition, parameters);
  return kindOf(condition).phrase(condition, parameters);
}
