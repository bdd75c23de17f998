import type { PartyIndex, SerializedError } from '@keymesh/foundation';

/** What one node says of a run. */
export interface NodeRun {
  readonly party: PartyIndex;
  readonly url: string;
  /** Undefined if the program ended well there. */
  readonly error: SerializedError | undefined;
  readonly response: string;
  readonly logs: string;
  /** What the program asked the node for, op by op: names only. The node's word. */
  readonly steps: readonly string[];
  /** What the node wrote down, if that was asked for: a `Recording` of @keymesh/actions. As the node gave it. */
  readonly recording?: unknown;
}
