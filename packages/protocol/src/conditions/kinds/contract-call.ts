import { ProtocolError } from '../../errors.ts';
import {
  type ContractFunction,
  contractAddress,
  decodeOutputs,
  encodeCall,
  requireDecodable,
  toValue,
} from '../abi.ts';
import type { Substitute } from '../context.ts';
import type { FactAnswer } from '../facts.ts';
import type { Value, ValueType } from '../value.ts';
import type { BasicKind, Phrase, Reading } from './kind.ts';

/** A kind that asks one function of the condition's contract. */
export function contractCall(parameters: {
  readonly fn: ContractFunction;
  readonly type: ValueType;
  /** How the outputs make the value. Default: the first output. */
  readonly select?: (outputs: readonly unknown[]) => unknown;
  /** How the condition's texts become the function's. Default: one to one. */
  readonly argumentsOf?: (texts: readonly string[]) => readonly string[];
  readonly phrase: BasicKind['phrase'];
}): BasicKind {
  const { fn, type, select = (outputs) => outputs[0], argumentsOf = (texts) => texts, phrase } = parameters;
  return {
    phrase: (condition, texts): Phrase => phrase(condition, texts),
    read: (condition, substitute): Reading =>
      callReading({
        chain: condition.chain,
        to: condition.contractAddress,
        fn,
        texts: argumentsOf(condition.parameters),
        substitute,
        type,
        select,
      }),
  };
}

/** A reading of one function of one contract. */
export function callReading(call: {
  readonly chain: string;
  readonly to: string;
  readonly fn: ContractFunction;
  readonly texts: readonly string[];
  readonly substitute: Substitute;
  readonly type: ValueType;
  readonly select: (outputs: readonly unknown[]) => unknown;
}): Reading {
  const { fn, type } = call;
  requireDecodable(fn);
  return {
    type,
    request: {
      kind: 'call',
      chain: call.chain,
      to: contractAddress(call.to),
      data: encodeCall(fn, call.texts, call.substitute),
    },
    decode: (answer): Value => toValue(type, call.select(decodeOutputs(fn, returnDataOf(answer, fn.name)))),
  };
}

function returnDataOf(answer: FactAnswer | undefined, name: string): string {
  if (answer?.kind === 'call') return answer.returnData;
  throw new ProtocolError(`The contract refused the call of ${name}.`, {
    code: 'conditions/answer-unusable',
    fault: 'caller',
    hint: 'The function reverts for these parameters: mostly, the token does not exist.',
  });
}
