import { contractCall } from './contract-call.ts';
import { contract } from './kind.ts';

/** ERC-721 `ownerOf(uint256)`. Of a token that does not exist it reverts, which fails the whole check. */
export const ownerOf = contractCall({
  fn: { name: 'ownerOf', inputs: ['uint256'], outputs: ['address'] },
  type: 'address',
  phrase: (condition, parameters) => ({
    must: (test) => `the owner of token ${parameters[0]} of ${contract(condition)} must be ${test}`,
    is: (value) => `it is ${value}`,
  }),
});
