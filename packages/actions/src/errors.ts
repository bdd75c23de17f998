import { type ErrorOptions, KeymeshError } from '@keymesh/foundation';

/** Every code that this package throws. One sentence each; the full story is in `docs/errors/actions.md`. */
export type ActionErrorCode =
  /** The program used up one of its limits; the message names the limit and its value. */
  | 'actions/limit-exceeded'
  /** The program threw, or its text is no JavaScript. */
  | 'actions/script-error'
  /** The program's process ended without a result. */
  | 'actions/no-result'
  /** A function was called with arguments that it does not take. */
  | 'actions/bad-arguments'
  /** The program asked for something that its node does not have. */
  | 'actions/unknown-op'
  /** `fetch` was asked for an address that programs may not reach. */
  | 'actions/fetch-refused'
  /** `fetch` got no answer. */
  | 'actions/fetch-failed'
  /** Too many programs wait for a sandbox. */
  | 'actions/overloaded'
  /** A sandbox cannot be started on this machine. */
  | 'actions/sandbox-failed'
  /** This machine cannot put up the second wall around a sandbox. */
  | 'actions/no-walls';

/** An error of a program's run, or of what it asked. */
export class ActionError extends KeymeshError {
  declare readonly code: ActionErrorCode;
  constructor(message: string, options: ErrorOptions & { readonly code: ActionErrorCode }) {
    super(message, options);
  }
}

/** @param used where it is known, how much was asked for. */
export function limitExceeded(limit: string, value: number, what: string, used?: number): ActionError {
  return new ActionError(`The program reached its limit: ${what} (${limit} = ${value}).`, {
    code: 'actions/limit-exceeded',
    fault: 'caller',
    hint: 'Do less in one run, or ask the operators for another limit.',
    details: { limit, value, ...(used === undefined ? {} : { used }) },
  });
}
