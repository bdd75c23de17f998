import type { Substitute } from '../context.ts';
import type { FactAnswer, FactRequest } from '../facts.ts';
import type { EvmBasicCondition } from '../schema.ts';
import type { Value, ValueType } from '../value.ts';

/** How a condition reads the world, once its texts are substituted. */
export interface Reading {
  readonly type: ValueType;
  /** `undefined`: nothing has to be asked. */
  readonly request: FactRequest | undefined;
  /** @throws ProtocolError `conditions/answer-unusable` */
  decode(answer: FactAnswer | undefined): Value;
}

/** How a condition speaks. */
export interface Phrase {
  /** A sentence without its end. `test` is like `> 0`. */
  must(test: string): string;
  /** What follows a semicolon when the value is known. */
  is(value: string): string;
}

/** One row of the table of `evmBasic` conditions (access-conditions.md 3.2). */
export interface BasicKind {
  /** `parameters` unsubstituted: a kind that splits lists substitutes item by item. */
  read(condition: EvmBasicCondition, substitute: Substitute): Reading;
  /** `parameters` as they are to be shown. */
  phrase(condition: EvmBasicCondition, parameters: readonly string[]): Phrase;
}

/** `the wallet 0x…`, or whose wallet it is while that is unknown. */
export function wallet(parameter: string | undefined): string {
  if (parameter === undefined || parameter === '') return 'the wallet';
  return parameter === ':userAddress' ? "the caller's wallet" : `the wallet ${parameter}`;
}

/** `ERC20 0x… on chain ethereum` */
export function contract(condition: EvmBasicCondition): string {
  return `${condition.standardContractType} ${condition.contractAddress} on chain ${condition.chain}`;
}

/** The phrase of kinds that count what a wallet has. */
export function holding(who: string, what: string): Phrase {
  return { must: (test) => `${who} must hold ${test} of ${what}`, is: (value) => `it holds ${value}` };
}
