export type { CanonicalConditions } from './canonical.ts';
export { canonicalize, decryptionResource, hashConditions, identityOf } from './canonical.ts';
export type { ConditionContext } from './context.ts';
export type { Evaluation, Explanation } from './evaluate.ts';
export { evaluate } from './evaluate.ts';
export type { FactAnswer, FactRequest } from './facts.ts';
export { factKey } from './facts.ts';
export { conditionsDenied, humanize } from './humanize.ts';
export type { ConditionField } from './parse.ts';
export { conditionsOfRequest, parseConditions } from './parse.ts';
export { chainsOf, planFacts, requireEvaluable } from './plan.ts';
export type {
  Comparator,
  Condition,
  ConditionItem,
  ConditionList,
  EvmBasicCondition,
  EvmContractCondition,
  Operator,
  StandardContractType,
} from './schema.ts';
export { COMPARATORS, chainNameSchema, STANDARD_CONTRACT_TYPES } from './schema.ts';
