import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import solc from 'solc';
import { type Abi, parseAbi } from 'viem';

export const PRICE_CONSUMER_ABI = parseAbi([
  'constructor(address source)',
  'function submit(uint256 round, uint256 cents, bytes signature)',
  'function cents() view returns (uint256)',
  'error NotFromSource(address signer)',
  'error OldRound(uint256 round)',
]) satisfies Abi;

/** The contract's code, by the compiler that `npm ci` brought. */
export function compilePriceConsumer(): `0x${string}` {
  const name = 'PriceConsumer.sol';
  const input = {
    language: 'Solidity',
    sources: { [name]: { content: readFileSync(join(import.meta.dirname, name), 'utf8') } },
    settings: { outputSelection: { '*': { '*': ['evm.bytecode.object'] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input)));
  return `0x${output.contracts[name].PriceConsumer.evm.bytecode.object}`;
}
