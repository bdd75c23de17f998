import { USER_ADDRESS } from '../context.ts';
import { malformed } from '../structure.ts';
import type { Value } from '../value.ts';
import type { BasicKind } from './kind.ts';

/** No type and no method: the parameter itself is compared, mostly the caller's address. */
export const caller: BasicKind = {
  read(condition, substitute) {
    const [text, ...rest] = condition.parameters;
    if (text === undefined || rest.length > 0) throw malformed('parameters', 'one is needed');
    const value: Value = { type: text === USER_ADDRESS ? 'address' : 'string', value: substitute(text) };
    return { type: value.type, request: undefined, decode: () => value };
  },
  phrase(condition, parameters) {
    const isCaller = condition.parameters[0] === USER_ADDRESS;
    return {
      must: (test) => (isCaller ? `the caller's wallet must be ${test}` : `${parameters[0]} must be ${test}`),
      is: (value) => `it is ${value === '' ? 'empty' : value}`,
    };
  },
};
