import { type ErrorOptions, KeymeshError } from '@keymesh/foundation';

/** Codes of this package's errors. */
export type ContractsErrorCode =
  /** A name that every network has is missing in the directory. */
  | 'contracts/directory-incomplete'
  /** A deployment transaction failed or a contract is not where it must be. */
  | 'contracts/deployment-failed'
  /** A party index is outside of 1 … 100. */
  | 'contracts/party-index-out-of-range'
  /** A client was given without what deployment needs from it. */
  | 'contracts/invalid-client';

/** An error of this package. Errors of the chain and of viem pass through as they are. */
export class ContractsError extends KeymeshError {
  declare readonly code: ContractsErrorCode;

  // Narrows `code` to this package's list.
  constructor(message: string, options: ErrorOptions & { readonly code: ContractsErrorCode }) {
    super(message, options);
  }
}
