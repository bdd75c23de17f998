import { valueTypeOf } from '../abi.ts';
import type { Substitute } from '../context.ts';
import type { EvmContractCondition } from '../schema.ts';
import { malformed } from '../structure.ts';
import { callReading } from './contract-call.ts';
import type { Phrase, Reading } from './kind.ts';

/** Any function, with its ABI in the condition (access-conditions.md 3.3). */
export function readEvmContract(condition: EvmContractCondition, substitute: Substitute): Reading {
  const { functionAbi, returnValueTest } = condition;
  if (functionAbi.name !== condition.functionName) {
    throw malformed('functionAbi.name', `it is not the functionName ${condition.functionName}`);
  }
  const { key } = returnValueTest;
  const index = key === '' ? 0 : functionAbi.outputs.findIndex((output) => output.name === key);
  const output = functionAbi.outputs[index];
  if (output === undefined) throw malformed('returnValueTest.key', `the function has no output ${key}`.trim());
  return callReading({
    chain: condition.chain,
    to: condition.contractAddress,
    fn: {
      name: functionAbi.name,
      inputs: functionAbi.inputs.map(({ type }) => type),
      outputs: functionAbi.outputs.map(({ type }) => type),
    },
    texts: condition.functionParams,
    substitute,
    type: valueTypeOf(output.type),
    select: (outputs) => outputs[index],
  });
}

export function phraseEvmContract(condition: EvmContractCondition, parameters: readonly string[]): Phrase {
  const { key } = condition.returnValueTest;
  const call = `${condition.functionName}(${parameters.join(', ')})`;
  const where = `the contract ${condition.contractAddress} on chain ${condition.chain}`;
  return {
    must: (test) => `${key === '' ? 'the answer' : key} of ${call} of ${where} must be ${test}`,
    is: (value) => `it is ${value}`,
  };
}
