import { contractCall } from './contract-call.ts';
import { contract, wallet } from './kind.ts';

/** MolochDAO v2.1 `members(address)`: a member that exists and is not jailed (`jailed` is a proposal's index or 0). */
export const molochMembers = contractCall({
  fn: {
    name: 'members',
    inputs: ['address'],
    outputs: ['address', 'uint256', 'uint256', 'bool', 'uint256', 'uint256'],
  },
  type: 'bool',
  select: ([, , , exists, , jailed]) => exists === true && jailed === 0n,
  phrase: (condition, parameters) => ({
    must: (test) => `that ${wallet(parameters[0])} is a member, not jailed, of ${contract(condition)} must be ${test}`,
    is: (value) => `it is ${value}`,
  }),
});
