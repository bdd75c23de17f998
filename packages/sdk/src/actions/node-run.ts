import type { PartyIndex, SerializedError } from '@keymesh/foundation';

/** What one node says of a run. */
export interface NodeRun {
  readonly party: PartyIndex;
  readonly url: string;
  /** Undefined if the program ended well there. */
  readonly error: SerializedError | undefined;
  readonly response: string;
  readonly logs: string;
}
