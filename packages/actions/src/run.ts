import type { ActionAuth, NamedPartialSignature } from './host.ts';
import type { CountedLimit } from './ops/op.ts';

/** One program to run. */
export interface ActionProgram {
  /** The author's text. */
  readonly source: string;
  /** CIDv0 of the source. */
  readonly cid: string;
  /** The caller's parameters: `jsParams` of the program, and one global for each key. JSON. */
  readonly jsParams: Readonly<Record<string, unknown>>;
  readonly auth: ActionAuth;
  /** Headers of the request, for `Lit.Headers`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came out of a run that ended by itself. */
export interface ActionOutcome {
  /** The last `setResponse`; empty without one. */
  readonly response: string;
  /** Lines of `console`, joined. */
  readonly logs: string;
  /** By `sigName`, those of children included. */
  readonly signatures: readonly NamedPartialSignature[];
  readonly claims: Readonly<Record<string, unknown>>;
  /** How much of each counted limit was used. */
  readonly usage: Readonly<Record<CountedLimit, number>>;
}
