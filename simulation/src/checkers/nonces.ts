import { honestOf, type Outcome } from '../outcome.ts';

/** No honest member makes two signature shares with the same nonces: two would reveal its share. */
export function checkNonces({ history, plan }: Outcome): string[] {
  const honest = honestOf(plan);
  const used = new Set<string>();
  const problems: string[] = [];
  for (const event of history.events) {
    if (event.kind !== 'share-made' || !honest.includes(event.party)) continue;
    if (used.has(event.nonce)) problems.push(`party ${event.party} used the nonces ${event.nonce.slice(0, 8)}… twice`);
    used.add(event.nonce);
  }
  return problems;
}
