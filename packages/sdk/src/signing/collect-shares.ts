import type { PartyIndex } from '@keymesh/foundation';
import { SIGNER_LATE_DELAY_MS, SIGNING_GRACE_MS } from '../limits.ts';
import type { NetworkNode } from '../network/network.ts';
import { type NodeFailure, refusalOf, unreachable } from '../nodes/node-failure.ts';

export interface CollectSharesParameters<T> {
  /** All of them are needed. */
  readonly signers: readonly NetworkNode[];
  /** Nodes that could take the place of signers in another try. */
  readonly spareCount: number;
  readonly ask: (node: NetworkNode, signal: AbortSignal) => Promise<T>;
}

/** Everybody's share, or why it is missing. Who is in no list was not awaited, which is not its fault. */
export type CollectedShares<T> =
  | { readonly shares: ReadonlyMap<PartyIndex, T> }
  | {
      readonly failures: readonly NodeFailure[];
      /** Those that kept the client waiting when others had answered. */
      readonly late: readonly NetworkNode[];
      /** Those that had not answered yet when others said that they are silent. */
      readonly named: readonly NetworkNode[];
      /** Those that gave a share, for nothing. */
      readonly good: readonly PartyIndex[];
    };

/**
 * One try of one signer set, which is bound into every share, so that one missing share spoils all.
 *
 * Signers wait for each other. So one that is silent keeps the others silent as well, until they name it, and nobody is
 * given up while nobody has answered. It ends
 *
 * - `SIGNING_GRACE_MS` after the first failure;
 * - when nothing has come for `SIGNER_LATE_DELAY_MS` after some shares, and there are spares for all that are missing;
 *   where there are not, those that are missing fail after twice that time.
 */
export function collectShares<T>(parameters: CollectSharesParameters<T>): Promise<CollectedShares<T>> {
  const { signers, spareCount, ask } = parameters;
  const abort = new AbortController();
  const underWay = new Set(signers);
  const shares = new Map<PartyIndex, T>();
  const failures: NodeFailure[] = [];
  return new Promise((resolve) => {
    let quiet: ReturnType<typeof setTimeout> | undefined;
    let grace: ReturnType<typeof setTimeout> | undefined;
    const end = (silent: { readonly late?: readonly NetworkNode[]; readonly named?: readonly NetworkNode[] }): void => {
      clearTimeout(quiet);
      clearTimeout(grace);
      abort.abort();
      const isComplete = shares.size === signers.length;
      resolve(isComplete ? { shares } : { failures, late: [], named: [], ...silent, good: [...shares.keys()] });
    };
    const endWithNamed = (): void => {
      const accused = new Set(failures.flatMap(({ error }) => refusalOf(error)?.accused ?? []));
      end({ named: [...underWay].filter(({ party }) => accused.has(party)) });
    };
    const awaitNext = (isSecondTime = false): void => {
      clearTimeout(quiet);
      quiet = setTimeout(() => {
        const late = [...underWay];
        if (shares.size === 0 || (late.length > spareCount && !isSecondTime)) return awaitNext(shares.size > 0);
        if (late.length <= spareCount) return end({ late });
        failures.push(...late.map((node) => ({ node, error: unreachable(node, 'answers too slowly') })));
        return end({});
      }, SIGNER_LATE_DELAY_MS);
    };
    const settle = (node: NetworkNode, note: () => void): void => {
      if (abort.signal.aborted) return;
      underWay.delete(node);
      note();
      if (underWay.size === 0) {
        end({});
      } else if (failures.length === 0) {
        awaitNext();
      } else {
        clearTimeout(quiet);
        grace ??= setTimeout(endWithNamed, SIGNING_GRACE_MS);
      }
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
