import { contractCall } from './contract-call.ts';
import { contract, wallet } from './kind.ts';

/** Proof of Humanity `isRegistered(address)`. */
export const isRegistered = contractCall({
  fn: { name: 'isRegistered', inputs: ['address'], outputs: ['bool'] },
  type: 'bool',
  phrase: (condition, parameters) => ({
    must: (test) => `that ${wallet(parameters[0])} is registered with ${contract(condition)} must be ${test}`,
    is: (value) => `it is ${value}`,
  }),
});
