import * as v from 'valibot';
import { CONDITION_PARAMETERS_MAX, CONDITION_TEXT_CHARS_MAX } from '../limits.ts';

/**
 * The comparators of the reference. An unknown one is refused when conditions are parsed; the reference's node would
 * silently take it for false, which hides a typing error for ever.
 */
export const COMPARATORS = ['>', '<', '>=', '<=', '=', '!=', 'contains', '!contains'] as const;

/** Values of `standardContractType` that the reference defines. Not all of them are evaluated here. */
export const STANDARD_CONTRACT_TYPES = [
  '',
  'ERC20',
  'ERC721',
  'ERC721MetadataName',
  'ERC1155',
  'MolochDAOv2.1',
  'CASK',
  'Creaton',
  'ProofOfHumanity',
  'PKPPermissions',
  'POAP',
  'timestamp',
  'SIWE',
  'LitAction',
] as const;

const text = v.pipe(v.string(), v.maxLength(CONDITION_TEXT_CHARS_MAX));
const texts = v.pipe(v.array(text), v.maxLength(CONDITION_PARAMETERS_MAX));
const comparator = v.picklist(COMPARATORS);

/** A name of the operator's table of chains (docs/spec/network.md §7). */
export const chainNameSchema = v.pipe(v.string(), v.maxLength(64), v.regex(/^[a-zA-Z0-9]+$/));

const returnValueTestEntries = { comparator, value: text };
const keyedReturnValueTestEntries = { key: text, comparator, value: text };

const evmBasicEntries = {
  conditionType: v.exactOptional(v.literal('evmBasic')),
  contractAddress: text,
  chain: chainNameSchema,
  standardContractType: v.picklist(STANDARD_CONTRACT_TYPES),
  method: text,
  parameters: texts,
};

const abiParameterEntries = { name: text, type: text, internalType: v.exactOptional(text) };

const functionAbiEntries = {
  name: text,
  type: v.exactOptional(text),
  stateMutability: v.exactOptional(text),
  constant: v.exactOptional(v.boolean()),
};

const evmContractEntries = {
  conditionType: v.exactOptional(v.literal('evmContract')),
  contractAddress: text,
  functionName: text,
  functionParams: texts,
  chain: chainNameSchema,
};

const abiParameters = <Parameter extends v.GenericSchema>(parameter: Parameter) =>
  v.pipe(v.array(parameter), v.maxLength(CONDITION_PARAMETERS_MAX));

/** One condition over the standard contracts (access-conditions.md 3.2); unknown keys are refused. */
export const evmBasicSchema = v.strictObject({
  ...evmBasicEntries,
  returnValueTest: v.strictObject(returnValueTestEntries),
});

/** One condition over a function whose ABI it carries (access-conditions.md 3.3); unknown keys are refused. */
export const evmContractSchema = v.strictObject({
  ...evmContractEntries,
  functionAbi: v.strictObject({
    ...functionAbiEntries,
    inputs: abiParameters(v.strictObject(abiParameterEntries)),
    outputs: abiParameters(v.strictObject(abiParameterEntries)),
  }),
  returnValueTest: v.strictObject(keyedReturnValueTestEntries),
});

/** The same with unknown keys dropped, as the reference's formatter does to what an application wrote. */
export const looseEvmBasicSchema = v.object({
  ...evmBasicEntries,
  returnValueTest: v.object(returnValueTestEntries),
});

/** The same with unknown keys dropped, as the reference's formatter does to what an application wrote. */
export const looseEvmContractSchema = v.object({
  ...evmContractEntries,
  functionAbi: v.object({
    ...functionAbiEntries,
    inputs: abiParameters(v.object(abiParameterEntries)),
    outputs: abiParameters(v.object(abiParameterEntries)),
  }),
  returnValueTest: v.object(keyedReturnValueTestEntries),
});

export const operatorSchema = v.strictObject({ operator: v.picklist(['and', 'or']) });
export const looseOperatorSchema = v.object({ operator: v.picklist(['and', 'or']) });

export type Comparator = (typeof COMPARATORS)[number];
export type StandardContractType = (typeof STANDARD_CONTRACT_TYPES)[number];
export type EvmBasicCondition = v.InferOutput<typeof evmBasicSchema>;
export type EvmContractCondition = v.InferOutput<typeof evmContractSchema>;
export type Operator = v.InferOutput<typeof operatorSchema>;
export type Condition = EvmBasicCondition | EvmContractCondition;

/** Condition, operator, condition, …; a nested array is a group. */
export type ConditionList<Leaf = Condition> = ConditionItem<Leaf>[];
export type ConditionItem<Leaf = Condition> = Leaf | Operator | ConditionItem<Leaf>[];

function listOf<Leaf>(leaf: v.GenericSchema<Leaf>): v.GenericSchema<ConditionList<Leaf>> {
  const item: v.GenericSchema<ConditionItem<Leaf>> = v.lazy((input) => {
    if (Array.isArray(input)) return v.pipe(v.array(item), v.minLength(1)) as v.GenericSchema<ConditionItem<Leaf>>;
    if (typeof input === 'object' && input !== null && 'operator' in input) return operatorSchema;
    return leaf;
  });
  return v.pipe(v.array(item), v.minLength(1));
}

const unifiedLeaf: v.GenericSchema<Condition> = v.lazy((input) =>
  typeof input === 'object' && input !== null && 'functionAbi' in input ? evmContractSchema : evmBasicSchema,
);

/** `accessControlConditions` */
export const evmBasicConditionsSchema = listOf(evmBasicSchema);
/** `evmContractConditions` */
export const evmContractConditionsSchema = listOf(evmContractSchema);
/** `unifiedAccessControlConditions`: either kind; told apart by shape, as the reference's node does. */
export const unifiedConditionsSchema = listOf(unifiedLeaf);
