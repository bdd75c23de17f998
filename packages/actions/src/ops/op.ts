import type * as v from 'valibot';
import type { ActionHost } from '../host.ts';
import type { ActionLimits } from '../limits.ts';

/** Limits that count calls. */
export type CountedLimit = 'fetchesMax' | 'contractCallsMax' | 'signaturesMax' | 'decryptionsMax' | 'broadcastsMax';

/** What an op is priced by. Payments are not built; units are counted in the outcome's `usage`. */
export type PriceUnit = 'none' | 'fetch' | 'contract-call' | 'signature' | 'decrypt' | 'broadcast' | 'call-depth';

/** What a running op may use. */
export interface OpContext {
  readonly host: ActionHost;
  readonly limits: ActionLimits;
  /** Ends with the run. */
  readonly signal: AbortSignal;
}

/** Something that a program can ask of its node: one file each. */
export interface Op<Args = unknown, Result = unknown> {
  /** As the guest sends it. */
  readonly name: string;
  readonly args: v.GenericSchema<unknown, Args>;
  readonly limit?: CountedLimit;
  readonly price: PriceUnit;
  /** @returns JSON values and `Uint8Array`s, to any depth. @throws KeymeshError, whose message the program sees. */
  run(args: Args, context: OpContext): Promise<Result>;
}
