/**
 * Which response counts when nodes answer differently: the one that the fewest or the most gave, or what a function of
 * all of them says. The reference's default is `leastCommon`: one honest node's doubt is then seen.
 */
export type ResponseStrategy = 'leastCommon' | 'mostCommon' | ((responses: readonly string[]) => string);

/** @param responses at least one; in the order of parties. */
export function chooseResponse(responses: readonly string[], strategy: ResponseStrategy): string {
  if (typeof strategy === 'function') return strategy(responses);
  const counts = new Map<string, number>();
  for (const response of responses) counts.set(response, (counts.get(response) ?? 0) + 1);
  const sign = strategy === 'leastCommon' ? 1 : -1;
  const [chosen] = [...counts].sort(([, a], [, b]) => sign * (a - b));
  return chosen?.[0] ?? '';
}
