import type { Recorded } from './history.ts';
import type { Plan } from './plan.ts';

/** One event as one line: time, who, what. The same run gives the same lines. */
export function lineOf(event: Recorded): string {
  const { atMs, kind, ...rest } = event;
  const time = (atMs / 1000).toFixed(3).padStart(9);
  return `${time}  ${textOf(kind, rest as Record<string, unknown>)}`;
}

function textOf(kind: string, rest: Record<string, unknown>): string {
  if (kind === 'member') {
    const { kind: what, ...facts } = rest.event as Record<string, unknown>;
    return `party ${rest.party}  ${what}  ${factsOf(facts)}`;
  }
  if (kind === 'stock') {
    const { kind: what, ...facts } = rest.what as Record<string, unknown>;
    return `party ${rest.party}  stock: ${what}  ${factsOf(facts)}`;
  }
  if (kind === 'client') {
    const { kind: what, ...facts } = rest.what as Record<string, unknown>;
    return `client   signature ${rest.signature}: ${what}  ${factsOf(facts)}`;
  }
  return `${kind}  ${factsOf(rest)}`;
}

function factsOf(facts: Record<string, unknown>): string {
  return Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${shown(value)}`)
    .join(' ');
}

function shown(value: unknown): string {
  if (value instanceof Uint8Array) return `${Buffer.from(value).toString('hex').slice(0, 12)}…`;
  if (Array.isArray(value)) return `[${value.join()}]`;
  if (value instanceof Error && 'code' in value) return String(value.code);
  return typeof value === 'string' && value.length > 40 ? `${value.slice(0, 12)}…` : String(value);
}

/** The plan of a seed in a few lines. */
export function describePlan(plan: Plan): string {
  const { seed, partyCount, threshold, faulty, liar, crashes, partitions, links, chain, startsMs, rollback, signing } =
    plan;
  return [
    `seed ${seed}: ${threshold} of ${partyCount}, faulty [${faulty.join()}], starts ${startsMs.join()} ms`,
    liar === undefined ? 'no liar' : `party ${liar.party} lies: ${liar.lies.join('; ')}`,
    ...crashes.map(
      ({ party, at, fromMs, downMs }) => `party ${party} crashes (${at}) from ${fromMs} ms, down ${downMs} ms`,
    ),
    ...partitions.map(({ group, fromMs, untilMs }) => `[${group.join()}] cut off from ${fromMs} to ${untilMs} ms`),
    ...(rollback === undefined
      ? []
      : [`the disk of party ${rollback.party} is rolled back after ${rollback.afterSignatures} signatures`]),
    `signing ${JSON.stringify(signing)}`,
    `links ${JSON.stringify(links)}`,
    `chain ${JSON.stringify(chain)}`,
  ].join('\n');
}
