import { KeymeshError } from '@keymesh/foundation';
import {
  BaseError,
  CallExecutionError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  ExecutionRevertedError,
  InsufficientFundsError,
} from 'viem';
import { NodeError } from '../errors.ts';

/**
 * The name of the error that a contract reverted with, or undefined if what failed was something else. It is read from
 * the returned data alone: viem also takes an endpoint's internal errors for reverts and their texts for reasons.
 */
export function revertNameOf(thrown: unknown): string | undefined {
  const revert = find(thrown, ContractFunctionRevertedError);
  if (revert === undefined) return undefined;
  if (revert.data !== undefined) return revert.data.errorName;
  return revert.raw === undefined ? undefined : 'an error that this release does not know';
}

/** Only what the endpoint itself calls a revert; anything else is the endpoint's trouble, which decides nothing. */
export function isRevertedCall(thrown: unknown): boolean {
  if (!(thrown instanceof CallExecutionError)) return false;
  return thrown.walk((error) => error instanceof BaseError && error instanceof ExecutionRevertedError) !== null;
}

/**
 * A failed call or transaction in our words. The endpoint's text is left out: it may repeat the operator's
 * credentials, which are part of many RPC addresses.
 */
export function chainError(thrown: unknown, what: string): KeymeshError {
  const ours = thrown instanceof KeymeshError ? thrown : find(thrown, KeymeshError);
  if (ours !== undefined) return ours;
  const revert = revertNameOf(thrown);
  if (revert !== undefined) {
    return new NodeError(`The contract refused ${what}: ${revert}.`, {
      code: 'chain/reverted',
      fault: 'environment',
      hint: 'The contract interfaces in packages/contracts/solidity/interfaces say when it does.',
      details: { revert },
      cause: thrown,
    });
  }
  if (find(thrown, ContractFunctionZeroDataError) !== undefined) {
    return new NodeError(`There is no Keymesh contract where one is needed for ${what}.`, {
      code: 'chain/unexpected-data',
      fault: 'environment',
      hint: 'Check "directory" and "rpcUrl" in the configuration: the address belongs to another chain or network.',
      cause: thrown,
    });
  }
  if (find(thrown, InsufficientFundsError) !== undefined) {
    return new NodeError(`The node's account cannot pay for ${what}.`, {
      code: 'chain/insufficient-funds',
      fault: 'environment',
      hint: 'Send some of the native token of the chain to the address of the node.',
      cause: thrown,
    });
  }
  return new NodeError(`The chain could not be asked: ${what}.`, {
    code: 'chain/unreachable',
    fault: 'environment',
    hint: 'Check that the RPC endpoint of the configuration answers, and try again.',
    cause: thrown,
  });
}

function find<E extends Error>(thrown: unknown, kind: new (...args: never[]) => E): E | undefined {
  if (!(thrown instanceof BaseError)) return undefined;
  const found = thrown.walk((error) => error instanceof kind);
  return found instanceof kind ? found : undefined;
}
