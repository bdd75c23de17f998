import type { FactAnswer, FactRequest } from '@keymesh/protocol/conditions';
import type { BlockReference } from '@keymesh/protocol/routes';

/** Facts as they were at one block of each chain. */
export interface Facts {
  /** By `factKey`. */
  readonly answers: ReadonlyMap<string, FactAnswer>;
  /** By the chain's name: where its facts were read. */
  readonly blocks: Readonly<Record<string, BlockReference>>;
}

/** Finds out what conditions need to know about chains. */
export interface FactSource {
  /**
   * All facts, each chain's at one block.
   * @throws NodeError `conditions/unknown-chain` for a chain the operator has not configured; `chain/unreachable`.
   */
  read(requests: readonly FactRequest[]): Promise<Facts>;
}
