import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Abi, type Address, createWalletClient, type Hex, http } from 'viem';
import { compile, readSources } from '../build/compile.ts';
import type { Network } from './network.ts';

/** Deploys code from account 0. */
export async function deployBytecode(
  { chain, account }: Network,
  abi: Abi,
  bytecode: Hex,
  args: readonly unknown[] = [],
): Promise<Address> {
  const wallet = createWalletClient({ transport: http(chain.rpcUrl) });
  const hash = await wallet.deployContract({ abi, bytecode, args, account: account(0), chain: null });
  const { contractAddress } = await chain.client.waitForTransactionReceipt({ hash });
  if (!contractAddress) throw new Error('no contract was created');
  return contractAddress;
}

/** Compiles `test/solidity/KeyDerivationHarness.sol` against the libraries under test. */
export function compileDerivationHarness(): { abi: Abi; bytecode: Hex } {
  const sources = new Map([...readSources()].filter(([file]) => /^derivation\/|RootKeys\.sol$/.test(file)));
  const harness = path.join(import.meta.dirname, 'solidity', 'KeyDerivationHarness.sol');
  sources.set('test/KeyDerivationHarness.sol', readFileSync(harness, 'utf8'));
  const compiled = compile(sources).get('test/KeyDerivationHarness.sol:KeyDerivationHarness');
  if (compiled === undefined) throw new Error('the harness did not compile');
  return compiled;
}
