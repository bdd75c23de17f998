import type { PartyIndex } from '@keymesh/foundation';
import { SCHEMES } from '@keymesh/protocol/schemes';
import { PREPARATION_TIMEOUT_MS } from '../node-parts.ts';
import { honestOf, type Outcome } from '../outcome.ts';

/** A batch that was under way when a pair was burnt, on its way between threads. Milliseconds. */
const UNDER_WAY_MS = PREPARATION_TIMEOUT_MS + 100;

/**
 * An honest member that has burnt a pair makes no ECDSA preparation with that peer for the rest of the epoch, over
 * all of its lives. One whose disk was rolled back has forgotten, and then an honest peer still refuses: what is left is
 * a liar that cheats a second time, which no rule prevents.
 */
export function checkBurntPairs({ history, plan }: Outcome): string[] {
  const honest = honestOf(plan);
  const burntAt = new Map<string, number>();
  const problems: string[] = [];
  for (const event of history.events) {
    if (event.kind === 'disk-rolled-back') forget(burntAt, event.party);
    if (event.kind !== 'stock' || !honest.includes(event.party)) continue;
    const { party, what, atMs } = event;
    if (what.kind === 'pair-burnt' && !burntAt.has(keyOf(party, what.peer))) {
      burntAt.set(keyOf(party, what.peer), atMs);
    }
    if (what.kind !== 'made' || SCHEMES[what.scheme].kind !== 'ecdsa') continue;
    for (const peer of what.signers) {
      const since = burntAt.get(keyOf(party, peer));
      if (since !== undefined && atMs > since + UNDER_WAY_MS) {
        problems.push(`party ${party} made a presignature with party ${peer} at ${atMs} ms; burnt at ${since} ms`);
      }
    }
  }
  return problems;
}

function forget(burntAt: Map<string, number>, party: PartyIndex): void {
  for (const key of [...burntAt.keys()]) if (key.startsWith(`${party}/`)) burntAt.delete(key);
}

function keyOf(party: PartyIndex, peer: PartyIndex): string {
  return `${party}/${peer}`;
}
