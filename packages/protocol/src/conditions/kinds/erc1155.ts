import { contractCall } from './contract-call.ts';
import { contract, holding, wallet } from './kind.ts';

/** ERC-1155 `balanceOf(address,uint256)`. */
export const erc1155BalanceOf = contractCall({
  fn: { name: 'balanceOf', inputs: ['address', 'uint256'], outputs: ['uint256'] },
  type: 'uint',
  phrase: (condition, parameters) => holding(wallet(parameters[0]), `token ${parameters[1]} of ${contract(condition)}`),
});

/** ERC-1155 `balanceOfBatch(address[],uint256[])`: both lists joined by commas; passes if any balance passes. */
export const erc1155BalanceOfBatch = contractCall({
  fn: { name: 'balanceOfBatch', inputs: ['address[]', 'uint256[]'], outputs: ['uint256[]'] },
  type: 'uints',
  argumentsOf: (texts) => texts.map((text) => `[${text}]`),
  phrase: (condition, parameters) => ({
    must: (test) =>
      `one of the wallets ${parameters[0]} must hold ${test} of its token among ${parameters[1]} of ${contract(condition)}`,
    is: (value) => `they hold ${value}`,
  }),
});
