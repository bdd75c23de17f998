import { KeymeshError } from '@keymesh/foundation';
import { BaseError, ContractFunctionRevertedError } from 'viem';
import { NodeError } from '../errors.ts';

/** What a contract refused, or undefined if the error is of another kind. */
export function revertNameOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof BaseError)) return undefined;
  const revert = thrown.walk((error) => error instanceof ContractFunctionRevertedError);
  if (!(revert instanceof ContractFunctionRevertedError)) return undefined;
  return revert.data?.errorName ?? revert.reason ?? 'unknown';
}

/**
 * A failed call or transaction in our words. The endpoint's text is left out: it may repeat the operator's
 * credentials, which are part of many RPC addresses.
 */
export function chainError(thrown: unknown, what: string): KeymeshError {
  if (thrown instanceof KeymeshError) return thrown;
  const revert = revertNameOf(thrown);
  if (revert !== undefined) {
    return new NodeError(`The contract refused ${what}: ${revert}.`, {
      code: 'chain/reverted',
      fault: 'caller',
      hint: 'The contract interfaces in packages/contracts/solidity/interfaces say when it does.',
      details: { revert },
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
