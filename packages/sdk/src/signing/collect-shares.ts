import type { PartyIndex } from '@keymesh/foundation';
import { HEDGE_DELAY_MS } from '../limits.ts';
import type { NetworkNode } from '../network/network.ts';
import { type NodeFailure, unreachable } from '../nodes/node-failure.ts';

export interface CollectSharesParameters<T> {
  /** All of them are needed. */
  readonly signers: readonly NetworkNode[];
  /** Nodes that could take the place of signers in another try. */
  readonly spareCount: number;
  readonly ask: (node: NetworkNode, signal: AbortSignal) => Promise<T>;
}

/** Everybody's share, or why there is not. */
export type CollectedShares<T> =
  | { readonly shares: ReadonlyMap<PartyIndex, T> }
  | {
      /** At least one. */
      readonly failures: readonly NodeFailure[];
      /** Whose answer was not awaited because the try had failed already. Not their fault. */
      readonly abandoned: readonly NetworkNode[];
    };

/**
 * Round 2 of one FROST try. The signer set is bound into every share, so one missing share spoils all; but the others
 * are still awaited for a moment, because they may be of no use either, and to bring fresh commitments.
 *
 * It gives up on the rest when nothing has come for `HEDGE_DELAY_MS` and either the try has failed already, or
 * somebody has answered and there are spares for all that have not.
 */
export function collectShares<T>(parameters: CollectSharesParameters<T>): Promise<CollectedShares<T>> {
  const { signers, spareCount, ask } = parameters;
  const abort = new AbortController();
  const underWay = new Set(signers);
  const shares = new Map<PartyIndex, T>();
  const failures: NodeFailure[] = [];
  return new Promise((resolve) => {
    let quiet: ReturnType<typeof setTimeout> | undefined;
    const end = (collected: CollectedShares<T>): void => {
      clearTimeout(quiet);
      abort.abort();
      resolve(collected);
    };
    const awaitNext = (): void => {
      clearTimeout(quiet);
      quiet = setTimeout(() => {
        const late = [...underWay];
        if (failures.length > 0) end({ failures, abandoned: late });
        else if (shares.size > 0 && late.length <= spareCount) end({ failures: late.map(tooSlow), abandoned: [] });
        else awaitNext();
      }, HEDGE_DELAY_MS);
    };
    const settle = (node: NetworkNode, note: () => void): void => {
      if (abort.signal.aborted) return;
      underWay.delete(node);
      note();
      if (underWay.size > 0) awaitNext();
      else end(failures.length === 0 ? { shares } : { failures, abandoned: [] });
    };
    const askOne = async (node: NetworkNode): Promise<T> => ask(node, abort.signal);
    for (const node of signers) {
      askOne(node).then(
        (share) => settle(node, () => shares.set(node.party, share)),
        (error: unknown) => settle(node, () => failures.push({ node, error })),
      );
    }
    awaitNext();
  });
}

function tooSlow(node: NetworkNode): NodeFailure {
  return { node, error: unreachable(node, 'answers too slowly') };
}
