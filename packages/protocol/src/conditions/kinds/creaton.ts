import { contractCall } from './contract-call.ts';
import { contract, wallet } from './kind.ts';

/** Creaton `subscribers(address)`: status 1, the first output, is a running subscription. */
export const creatonSubscribers = contractCall({
  fn: { name: 'subscribers', inputs: ['address'], outputs: ['uint256'] },
  type: 'bool',
  select: ([status]) => status === 1n,
  phrase: (condition, parameters) => ({
    must: (test) => `that ${wallet(parameters[0])} subscribes to ${contract(condition)} must be ${test}`,
    is: (value) => `it is ${value}`,
  }),
});
