import { type ErrorOptions, KeymeshError } from '@keymesh/foundation';

/** Every code that this package throws. One sentence each; the full story is in `docs/errors/actions.md`. */
export type ActionErrorCode =
  /** The program used up one of its limits; the message names the limit and its value. */
  | 'actions/limit-exceeded'
  /** The program threw, or its text is no JavaScript. */
  | 'actions/script-error'
  /** The program's process ended without a result. */
  | 'actions/no-result'
  /** An op was called with arguments that it does not take. */
  | 'actions/bad-arguments'
  /** The program asked for an op that does not exist. */
  | 'actions/unknown-op'
  /** Nodes that run the same request came to different ops; the first one and the nodes are named. */
  | 'actions/diverged';

/** An error of a program's run, or of what it asked. */
export class ActionError extends KeymeshError {
  declare readonly code: ActionErrorCode;
  constructor(message: string, options: ErrorOptions & { readonly code: ActionErrorCode }) {
    super(message, options);
  }
}
