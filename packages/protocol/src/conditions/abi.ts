import type { AbiParameter } from 'viem';
import { decodeAbiParameters, encodeFunctionData } from 'viem/utils';
import { ProtocolError } from '../errors.ts';
import { CONDITION_ARRAY_ITEMS_MAX } from '../limits.ts';
import type { Substitute } from './context.ts';
import { malformed, unsupported } from './structure.ts';
import type { Value, ValueType } from './value.ts';

/** Types that can be passed or skipped over: elementary ones and at most two levels of arrays of them. */
const TYPE = /^(?:u?int\d{0,3}|address|bool|string|bytes\d{0,2})(?:\[\d{0,3}\]){0,2}$/;
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

/** A function as a condition needs it. */
export interface ContractFunction {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * ABI encoding of a call whose arguments are texts: numbers in decimal or `0x` hex, `true` or `false`, `bytes` in hex
 * with or without `0x`, arrays as `[a,b]`. Substitution happens after arrays were split.
 * @throws ProtocolError `conditions/malformed`, `conditions/unsupported`
 */
export function encodeCall(fn: ContractFunction, texts: readonly string[], substitute: Substitute): `0x${string}` {
  if (texts.length !== fn.inputs.length) {
    throw malformed(`the parameters of ${fn.name}`, `${fn.inputs.length} are needed and ${texts.length} are given`);
  }
  const inputs = fn.inputs.map(parameterOf);
  const args = inputs.map(({ type }, i) => readArgument(type, texts[i] as string, substitute, fn.name));
  try {
    const item = { type: 'function', name: fn.name, inputs, outputs: [], stateMutability: 'view' } as const;
    return encodeFunctionData({ abi: [item], functionName: fn.name, args });
  } catch {
    throw malformed(`the parameters of ${fn.name}`, `they do not fit (${fn.inputs.join(',')})`);
  }
}

/** What the reference can compare: the others are refused by their name. */
export function valueTypeOf(abiType: string): ValueType {
  if (abiType === 'bool' || abiType === 'string' || abiType === 'address') return abiType;
  if (/^uint\d{0,3}$/.test(abiType)) return 'uint';
  throw unsupported(`evmContract with an output of type ${abiType}`);
}

/**
 * Refuses a function whose answer could not be decoded, before anything depends on it.
 * @throws ProtocolError `conditions/unsupported`
 */
export function requireDecodable(fn: ContractFunction): void {
  for (const type of fn.outputs) parameterOf(type);
}

/**
 * All outputs of a call, each as a value if it can be compared.
 * @throws ProtocolError `conditions/answer-unusable` if the data does not decode: mostly, no such contract is there.
 */
export function decodeOutputs(fn: ContractFunction, returnData: string): readonly unknown[] {
  try {
    return decodeAbiParameters(fn.outputs.map(parameterOf), returnData as `0x${string}`);
  } catch (thrown) {
    if (thrown instanceof ProtocolError) throw thrown;
    throw new ProtocolError(`The answer of ${fn.name} is not (${fn.outputs.join(',')}).`, {
      code: 'conditions/answer-unusable',
      fault: 'caller',
      hint: 'Is there a contract with this function at the address, on this chain?',
    });
  }
}

/** A decoded output as a comparable value. */
export function toValue(type: ValueType, decoded: unknown): Value {
  switch (type) {
    case 'uint':
      return { type, value: BigInt(decoded as bigint | number) };
    case 'uints':
      return { type, value: (decoded as (bigint | number)[]).map(BigInt) };
    case 'bool':
      return { type, value: decoded === true };
    default:
      return { type, value: String(decoded) };
  }
}

/** @throws ProtocolError `conditions/malformed` if a condition's contract is not an address. */
export function contractAddress(text: string): `0x${string}` {
  return readAddress(text, 'contractAddress');
}

/** An address in lower case, because a wrong EIP-55 spelling is still that address. */
export function readAddress(text: string, where: string): `0x${string}` {
  if (!ADDRESS.test(text)) throw malformed(where, 'it is not an address');
  return text.toLowerCase() as `0x${string}`;
}

function parameterOf(type: string): AbiParameter {
  if (!TYPE.test(type)) throw unsupported(`evmContract with the type ${type}`);
  // The selector is a hash over the full names of types.
  return { type: type.replace(/^(u?int)(?=\[|$)/, '$1256') };
}

function readArgument(type: string, text: string, substitute: Substitute, where: string): unknown {
  if (type.endsWith(']')) {
    const items = splitArray(text, where);
    const itemType = type.slice(0, type.lastIndexOf('['));
    return items.map((item) => readArgument(itemType, item, substitute, where));
  }
  const value = substitute(text);
  if (type === 'string') return value;
  if (type === 'address') return readAddress(value, `a parameter of ${where}`);
  if (type.startsWith('bytes')) return value.startsWith('0x') ? value : `0x${value}`;
  if (type === 'bool') {
    if (value !== 'true' && value !== 'false') throw malformed(`a parameter of ${where}`, 'true or false is expected');
    return value === 'true';
  }
  if (!/^(?:-?\d{1,78}|0x[0-9a-fA-F]{1,64})$/.test(value)) {
    throw malformed(`a parameter of ${where}`, 'a whole number is expected');
  }
  return BigInt(value);
}

/** The items of `[a,b,[c,d]]`: at commas outside inner brackets. */
function splitArray(text: string, where: string): string[] {
  const trimmed = text.trim();
  if (!trimmed.startsWith('[') || !trimmed.endsWith(']')) {
    throw malformed(`a parameter of ${where}`, 'a list like [a,b] is expected');
  }
  const items: string[] = [];
  let depth = 0;
  let item = '';
  for (const character of trimmed.slice(1, -1)) {
    if (character === '[') depth++;
    if (character === ']') depth--;
    if (character === ',' && depth === 0) {
      items.push(item.trim());
      item = '';
    } else item += character;
  }
  if (item.trim() !== '' || items.length > 0) items.push(item.trim());
  if (items.length > CONDITION_ARRAY_ITEMS_MAX) {
    throw malformed(`a parameter of ${where}`, `at most ${CONDITION_ARRAY_ITEMS_MAX} items are allowed`);
  }
  return items;
}
