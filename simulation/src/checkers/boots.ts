import { honestOf, type Outcome } from '../outcome.ts';

/**
 * When a member knows that a peer has restarted it keeps nothing that was made with the peer's older boot (ADR 0009).
 * Its stock is looked at after each restart that it notices, and at the end.
 */
export function checkBoots({ history, plan }: Outcome): string[] {
  const honest = honestOf(plan);
  return history.events
    .filter((event) => event.kind === 'stock-seen')
    .filter(({ party, stale }) => honest.includes(party) && stale.length > 0)
    .map(({ party, stale, atMs }) => `party ${party} keeps ${stale.length} preparations of older boots at ${atMs} ms`);
}
