import type { PartyIndex } from '@keymesh/foundation';
import { RUN_STEPS_MAX } from '@keymesh/protocol/limits';
import type { NodeRun } from './node-run.ts';

/**
 * The first step where the nodes of a run did not all do the same. A program that does several things at once may do them
 * in another order on each node; that is no fault, but it shows here too.
 */
export interface Parting {
  /** Counted from one. */
  readonly step: number;
  /** What each node did there, ascending by party; undefined where the program did nothing more. */
  readonly nodes: readonly { readonly party: PartyIndex; readonly did: string | undefined }[];
}

/** @returns undefined if all did the same as far as they tell it. */
export function partingOf(runs: readonly Pick<NodeRun, 'party' | 'steps'>[]): Parting | undefined {
  const longest = Math.min(RUN_STEPS_MAX, Math.max(0, ...runs.map(({ steps }) => steps.length)));
  for (let at = 0; at < longest; at++) {
    const nodes = runs.map(({ party, steps }) => ({ party, did: steps[at] }));
    if (nodes.some(({ did }) => did !== nodes[0]?.did)) return { step: at + 1, nodes };
  }
  return undefined;
}

/** For people: `The nodes part at step 2: nodes 1, 3 at "fetch GET", node 2 does nothing more.` */
export function describeParting({ step, nodes }: Parting): string {
  const parties = new Map<string | undefined, PartyIndex[]>();
  for (const { party, did } of nodes) parties.set(did, [...(parties.get(did) ?? []), party]);
  const groups = [...parties].map(([did, who]) => {
    const names = `${who.length === 1 ? 'node' : 'nodes'} ${who.join(', ')}`;
    if (did !== undefined) return `${names} at ${JSON.stringify(did)}`;
    return `${names} ${who.length === 1 ? 'does' : 'do'} nothing more`;
  });
  return `The nodes part at step ${step}: ${groups.join('; ')}.`;
}
