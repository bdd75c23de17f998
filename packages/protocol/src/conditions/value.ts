import type { Comparator } from './schema.ts';
import { malformed } from './structure.ts';

/** What a condition's left side turned out to be. A list passes if any item passes. */
export type Value =
  | { readonly type: 'uint'; readonly value: bigint }
  | { readonly type: 'uints'; readonly value: readonly bigint[] }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'address'; readonly value: string }
  | { readonly type: 'string'; readonly value: string };

export type ValueType = Value['type'];

const UINT256_END = 1n << 256n;
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

/**
 * What each type of value can be compared with. The reference's node takes any other pair for false; a condition that
 * can never hold locks its data for ever, so it is refused here before anything is encrypted to it.
 */
const COMPARATORS_OF: Readonly<Record<ValueType, readonly Comparator[]>> = {
  uint: ['>', '<', '>=', '<=', '=', '!='],
  uints: ['>', '<', '>=', '<=', '=', '!='],
  bool: ['=', '!='],
  address: ['='],
  string: ['=', '!=', 'contains', '!contains'],
};

/** A test whose two sides are known to fit. */
export type Test = (left: Value) => boolean;

/**
 * Reads the right side of a condition for a left side of this type.
 * @throws ProtocolError `conditions/malformed` if they cannot be compared.
 */
export function readTest(type: ValueType, comparator: Comparator, right: string): Test {
  if (!COMPARATORS_OF[type].includes(comparator)) {
    throw malformed('returnValueTest', `${type} values cannot be compared with ${comparator}`);
  }
  if (type === 'uint' || type === 'uints') {
    const number = readUint(right);
    return (left) => asNumbers(left).some((value) => compareNumbers(value, comparator, number));
  }
  if (type === 'bool') {
    if (right !== 'true' && right !== 'false') throw malformed('returnValueTest', 'the value must be true or false');
    return (left) => (left.value === (right === 'true')) === (comparator === '=');
  }
  if (type === 'address') {
    if (!ADDRESS.test(right)) throw malformed('returnValueTest', 'the value must be an address');
    return (left) => String(left.value).toLowerCase() === right.toLowerCase();
  }
  return (left) => compareTexts(String(left.value), comparator, right);
}

/** The value for people. */
export function showValue(value: Value): string {
  return value.type === 'uints' ? value.value.join(', ') : String(value.value);
}

function readUint(text: string): bigint {
  const value = /^\d{1,78}$/.test(text) ? BigInt(text) : UINT256_END;
  if (value >= UINT256_END) throw malformed('returnValueTest', 'the value must be a decimal number below 2^256');
  return value;
}

function asNumbers(value: Value): readonly bigint[] {
  return value.type === 'uints' ? value.value : value.type === 'uint' ? [value.value] : [];
}

function compareNumbers(left: bigint, comparator: Comparator, right: bigint): boolean {
  switch (comparator) {
    case '>':
      return left > right;
    case '<':
      return left < right;
    case '>=':
      return left >= right;
    case '<=':
      return left <= right;
    case '=':
      return left === right;
    case '!=':
      return left !== right;
    default:
      return false;
  }
}

function compareTexts(left: string, comparator: Comparator, right: string): boolean {
  switch (comparator) {
    case '=':
      return left === right;
    case '!=':
      return left !== right;
    case 'contains':
      return left.includes(right);
    case '!contains':
      return !left.includes(right);
    default:
      return false;
  }
}
