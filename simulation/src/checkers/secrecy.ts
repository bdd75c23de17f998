import type { Outcome } from '../outcome.ts';

/** No share of the epoch's keys is in any frame, request, answer, log event or disk, neither as bytes nor as hex. */
export function checkSecrecy({ serving, wiretap }: Outcome): string[] {
  const problems: string[] = [];
  for (const [party, { shares }] of serving) {
    for (const { name, share } of shares) {
      const leaked = share.expose((bytes) => wiretap.contains(bytes));
      if (leaked) problems.push(`the ${name} share of party ${party} can be read outside its process`);
    }
  }
  return problems;
}
