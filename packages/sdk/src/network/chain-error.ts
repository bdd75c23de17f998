import { KeymeshError } from '@keymesh/foundation';
import {
  AbiDecodingZeroDataError,
  BaseError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  HttpRequestError,
  ResponseBodyTooLargeError,
  TimeoutError,
  WaitForTransactionReceiptTimeoutError,
} from 'viem';
import { SdkError } from '../errors.ts';

/** What a contract refused, by the name of its error; undefined if the failure is of another kind. */
export function revertName(thrown: unknown): string | undefined {
  if (!(thrown instanceof BaseError)) return undefined;
  const revert = thrown.walk((error) => error instanceof ContractFunctionRevertedError);
  return revert instanceof ContractFunctionRevertedError ? (revert.data?.errorName ?? revert.reason) : undefined;
}

/** Failures of viem that mean that the endpoint did not answer, or that there is no contract of ours. */
const UNREACHABLE = [
  HttpRequestError,
  TimeoutError,
  ResponseBodyTooLargeError,
  WaitForTransactionReceiptTimeoutError,
  ContractFunctionZeroDataError,
  AbiDecodingZeroDataError,
] as const;

/**
 * A failed call to the chain or the wallet as an error of ours; errors of ours pass.
 * @param what what was asked for, e.g. `the keys of an address`.
 */
export function chainError(thrown: unknown, what: string): KeymeshError {
  if (thrown instanceof KeymeshError) return thrown;
  const revert = revertName(thrown);
  const reason = thrown instanceof BaseError ? thrown.shortMessage : 'an unexpected error';
  if (revert === undefined && (!(thrown instanceof BaseError) || isUnreachable(thrown))) {
    return new SdkError(`The chain could not be asked for ${what}: ${reason}`, {
      code: 'sdk/chain-unreachable',
      fault: 'environment',
      hint: 'Check the RPC address and that the directory address is on that chain.',
      cause: thrown,
    });
  }
  return new SdkError(`${what} was refused by the chain or the wallet: ${revert ?? reason}`.replace(/^\w/, upper), {
    code: 'sdk/chain-refused',
    fault: 'caller',
    ...(revert === undefined ? {} : { details: { revert } }),
    cause: thrown,
  });
}

function isUnreachable(thrown: BaseError): boolean {
  return thrown.walk((error) => UNREACHABLE.some((kind) => error instanceof kind)) !== null;
}

const upper = (letter: string): string => letter.toUpperCase();
