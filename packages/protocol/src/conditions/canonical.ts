import { sha256Of, toHex } from '@keymesh/foundation';
import type { Condition, ConditionItem, ConditionList } from './schema.ts';

/** JSON with the key order that the hash depends on. */
export type CanonicalConditions = readonly unknown[];

/**
 * Rebuilds conditions in the reference's one form: a fixed order of keys for each kind, `conditionType` and the ABI's
 * `type` and `internalType` left out, `constant` false unless given. Texts stay as they are: another letter case of
 * an address is another condition.
 */
export function canonicalize(list: ConditionList): CanonicalConditions {
  return list.map(canonicalItem);
}

/** SHA-256 of the canonical JSON: 64 hex digits. */
export function hashConditions(list: ConditionList): string {
  return toHex(sha256Of(JSON.stringify(canonicalize(list))));
}

/**
 * The text that a decryption key is for: what is encrypted to it can be decrypted by who satisfies the conditions.
 * @param conditionsHash from `hashConditions`.
 * @param dataHash SHA-256 of the plaintext, 64 hex digits.
 */
export function identityOf(conditionsHash: string, dataHash: string): string {
  return `lit-accesscontrolcondition://${decryptionResource(conditionsHash, dataHash)}`;
}

/** The resource key that a session's capability names for this decryption. */
export function decryptionResource(conditionsHash: string, dataHash: string): string {
  return `${conditionsHash}/${dataHash}`;
}

function canonicalItem(item: ConditionItem): unknown {
  if (Array.isArray(item)) return item.map(canonicalItem);
  if ('operator' in item) return { operator: item.operator };
  return canonicalCondition(item);
}

function canonicalCondition(condition: Condition): unknown {
  if ('functionAbi' in condition) {
    const { functionAbi, returnValueTest } = condition;
    return {
      contractAddress: condition.contractAddress,
      functionName: condition.functionName,
      functionParams: condition.functionParams,
      functionAbi: {
        name: functionAbi.name,
        inputs: functionAbi.inputs.map(({ name, type }) => ({ name, type })),
        outputs: functionAbi.outputs.map(({ name, type }) => ({ name, type })),
        constant: functionAbi.constant ?? false,
        // JSON leaves an undefined value out, as the reference does.
        stateMutability: functionAbi.stateMutability,
      },
      chain: condition.chain,
      returnValueTest: {
        key: returnValueTest.key,
        comparator: returnValueTest.comparator,
        value: returnValueTest.value,
      },
    };
  }
  return {
    contractAddress: condition.contractAddress,
    chain: condition.chain,
    standardContractType: condition.standardContractType,
    method: condition.method,
    parameters: condition.parameters,
    returnValueTest: { comparator: condition.returnValueTest.comparator, value: condition.returnValueTest.value },
  };
}
