/**
 * Whose fault an error is. It decides what the reader should do next, and what a driver may do about it:
 *
 * - `caller`: the arguments are wrong; change them and call again.
 * - `peer`: another party misbehaved; `culprits` names it. Continue without that party.
 * - `environment`: a disk, network, chain or time limit failed; the same call may succeed later.
 * - `bug`: an invariant of our own broke; please report it.
 */
export type Fault = 'caller' | 'peer' | 'environment' | 'bug';

/** Index of a party in its committee: 1 … n. Zero is never a party, because a polynomial at 0 is the secret. */
export type PartyIndex = number;

/** What an error carries besides its message. */
export interface ErrorOptions {
  /** One of the codes that the package's `errors.ts` lists, e.g. `frost/nonce-reused`. Stable; documented in `docs/errors`. */
  readonly code: string;
  readonly fault: Fault;
  /** What to do next, as a sentence. */
  readonly hint?: string;
  /** The parties that are proven or seen to be at fault. Only with fault `peer`. */
  readonly culprits?: readonly PartyIndex[];
  /** Further public facts (numbers, names, limits). Never a secret: this is printed and sent to clients. */
  readonly details?: Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>;
  readonly cause?: unknown;
}

/**
 * The base class of every error that Keymesh throws on purpose.
 *
 * The message is one sentence saying what happened; `hint` says what to do. `toJSON` is what may leave the process:
 * it holds no stack and no cause, because a cause may come from a library that knows nothing of our secrets.
 */
export class KeymeshError extends Error {
  readonly code: string;
  readonly fault: Fault;
  readonly hint: string | undefined;
  readonly culprits: readonly PartyIndex[];
  readonly details: Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>;

  constructor(message: string, options: ErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.fault = options.fault;
    this.hint = options.hint;
    this.culprits = options.culprits ?? [];
    this.details = options.details ?? {};
  }

  toJSON(): SerializedError {
    return {
      code: this.code,
      fault: this.fault,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.culprits.length === 0 ? {} : { culprits: [...this.culprits] }),
      ...(Object.keys(this.details).length === 0 ? {} : { details: this.details }),
    };
  }
}

/** The form in which an error crosses a process boundary. */
export interface SerializedError {
  readonly code: string;
  readonly fault: Fault;
  readonly message: string;
  readonly hint?: string;
  readonly culprits?: readonly PartyIndex[];
  readonly details?: Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>;
}

/** Any thrown value as a `KeymeshError`; foreign errors become `bug/unexpected` with their message withheld. */
export function toKeymeshError(thrown: unknown): KeymeshError {
  if (thrown instanceof KeymeshError) return thrown;
  return new KeymeshError('An unexpected error occurred.', {
    code: 'bug/unexpected',
    fault: 'bug',
    hint: 'This is a defect in Keymesh. The node log has the cause under the same request id; please report it.',
    cause: thrown,
  });
}
