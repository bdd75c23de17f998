import { contractCall } from './contract-call.ts';
import { contract, wallet } from './kind.ts';

/** `isPermittedAddress(tokenId, address)` of the permissions contract. */
export const isPermittedAddress = contractCall({
  fn: { name: 'isPermittedAddress', inputs: ['uint256', 'address'], outputs: ['bool'] },
  type: 'bool',
  phrase: (condition, [tokenId, address]) => ({
    must: (test) => `that ${wallet(address)} may use the key ${tokenId} by ${contract(condition)} must be ${test}`,
    is: (value) => `it is ${value}`,
  }),
});
