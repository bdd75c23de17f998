import { type ErrorOptions, KeymeshError } from '@keymesh/foundation';

/** Every code of the epoch logic. One sentence each; the full story is in `docs/errors/node.md`. */
export type EpochErrorCode =
  /** A participant signed two different messages for one round of a key generation. */
  | 'epochs/equivocation'
  /** Key generation asked for a message that is not a reliable broadcast. */
  | 'epochs/unexpected-step'
  /** A vote that was mined is not counted after the longest pause. */
  | 'epochs/not-counted';

/** An error of the epoch logic. */
export class EpochError extends KeymeshError {
  declare readonly code: EpochErrorCode;
  constructor(message: string, options: ErrorOptions & { readonly code: EpochErrorCode }) {
    super(message, options);
  }
}
