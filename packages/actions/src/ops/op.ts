import type * as v from 'valibot';
import type { Fetcher } from '../fetching/fetcher.ts';
import type { ActionClaim, ActionHost, ActionPartialSignature } from '../host.ts';
import type { ActionLimits } from '../limits.ts';

/** Limits that count calls. */
export type CountedLimit =
  | 'fetchesMax'
  | 'contractCallsMax'
  | 'signaturesMax'
  | 'decryptionsMax'
  | 'broadcastsMax'
  | 'childrenMax';

/** What a running op may use. */
export interface OpContext {
  readonly host: ActionHost;
  readonly limits: ActionLimits;
  readonly fetcher: Fetcher;
  /** CIDs of the running programs, the current one last. */
  readonly programs: readonly string[];
  /** Ends with the run. */
  readonly signal: AbortSignal;
  /** By `sigName`; what the client gets. */
  readonly signatures: Map<string, ActionPartialSignature>;
  /** By `keyId`; what the client gets. */
  readonly claims: Map<string, ActionClaim>;
  /** How often a name of this kind was used before in this run, children included. */
  readonly occurrence: (kind: string, name: string) => number;
  /** Runs another program in a sandbox of its own. @returns its response. */
  readonly runChild: (cid: string, source: string, params: Readonly<Record<string, unknown>>) => Promise<string>;
}

/**
 * Something that a program can ask of its node: one file each. Its limit is also the unit in which it is priced; what is
 * used of each is in the outcome of the run.
 */
export interface Op<Args = unknown> {
  /** As the guest sends it. */
  readonly name: string;
  readonly args: v.GenericSchema<unknown, Args>;
  /** Undefined for what costs nothing. */
  readonly limit: CountedLimit | undefined;
  /** Which one of its kind it is, by the name that the author gave it, where it has one. */
  readonly told?: (args: Args) => string;
  /** @returns JSON values and bytes. @throws KeymeshError, whose message the program sees. */
  run(args: Args, context: OpContext): Promise<unknown>;
}

/** Gives an op the type that its schema has, and the table one that all have. */
export function defineOp<Args>(op: Op<Args>): Op {
  return op as unknown as Op;
}
