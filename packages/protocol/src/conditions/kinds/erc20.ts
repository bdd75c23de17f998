import { contractCall } from './contract-call.ts';
import { contract, holding, wallet } from './kind.ts';

/** ERC-20 `balanceOf(address)`, in the token's smallest unit. ERC-721 has the same function. */
export const balanceOf = contractCall({
  fn: { name: 'balanceOf', inputs: ['address'], outputs: ['uint256'] },
  type: 'uint',
  phrase: (condition, parameters) => holding(wallet(parameters[0]), contract(condition)),
});
