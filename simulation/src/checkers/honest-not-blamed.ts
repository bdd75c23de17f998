import type { PartyIndex } from '@keymesh/foundation';
import { EXCUSES_PER_EPOCH_MAX, KEYGEN_ROUND_TIMEOUT_MS } from '../node-parts.ts';
import { honestOf, type Outcome } from '../outcome.ts';

/**
 * What a message may take when nothing is cut off: several losses in a row, late observers and slow links. An honest
 * member may look silent for the round's time although it was away for less, by so much. Milliseconds.
 */
const DELIVERY_MS_MAX = 10_000;

/**
 * No honest member is ever convicted by a proof, by a member or by a client, and no pair of honest members is burnt. And none is excluded on chain unless it was
 * away (not running, or cut off from somebody) for nearly the time of a round since the attempt began, or restarted
 * more often than is excused: timeouts cannot tell the slow from the silent, but they must not hit those who are there.
 */
export function checkHonestNotBlamed(outcome: Outcome): string[] {
  return [...convictions(outcome), ...exclusions(outcome)];
}

function convictions({ history, plan }: Outcome): string[] {
  const honest = honestOf(plan);
  const problems: string[] = [];
  const accuse = (who: string, parties: readonly PartyIndex[], why: string) => {
    for (const party of parties)
      if (honest.includes(party)) problems.push(`${who} blamed honest party ${party}: ${why}`);
  };
  for (const { party, event } of history.ofMembers(honest)) {
    const who = `party ${party}`;
    if (event.kind === 'run-failed') accuse(who, event.blamed, event.error.code);
    if (event.kind === 'run-done') accuse(who, event.convicted, 'convicted in key generation');
    if (event.kind === 'equivocation') accuse(who, [event.author], 'equivocation');
    if (event.kind === 'message-refused') accuse(who, event.error.culprits, event.error.code);
  }
  for (const event of history.events) {
    if (event.kind === 'stock' && honest.includes(event.party)) {
      const { party, what } = event;
      if (what.kind === 'failed') accuse(`party ${party}`, what.culprits, what.code);
      if (what.kind === 'pair-burnt') accuse(`party ${party}`, [what.peer], `burnt pair, ${what.code}`);
    }
    // A signer names the silent as it saw it; everything else that names somebody is a proof.
    if (event.kind === 'sign-failed' && honest.includes(event.party) && event.code !== 'signing/signer-silent') {
      accuse(`party ${event.party}`, event.culprits, event.code);
    }
    if (event.kind === 'client' && event.what.kind === 'culprits') accuse('a client', event.what.parties, 'signing');
  }
  return problems;
}

function exclusions(outcome: Outcome): string[] {
  const { history, plan } = outcome;
  const honest = honestOf(plan);
  const attempts = history.events.filter((event) => event.kind === 'attempt');
  return attempts.flatMap(({ excluded, atMs }, i) => {
    const before = attempts[i - 1];
    if (before === undefined) return [];
    return excluded
      .filter((party) => !before.excluded.includes(party) && honest.includes(party))
      .filter((party) => !mayBeExcluded(outcome, party, before.atMs, atMs))
      .map((party) => `honest party ${party} was excluded at ${atMs} ms although it was there`);
  });
}

function mayBeExcluded(outcome: Outcome, party: PartyIndex, fromMs: number, untilMs: number): boolean {
  const starts = outcome.history.events.filter((event) => event.kind === 'started' && event.party === party);
  if (starts.length - 1 > EXCUSES_PER_EPOCH_MAX) return true;
  return longestAbsence(outcome, party, fromMs, untilMs) >= KEYGEN_ROUND_TIMEOUT_MS - DELIVERY_MS_MAX;
}

/** The longest time in which it was not running or was cut off from some other member. Milliseconds. */
export function longestAbsence(outcome: Outcome, party: PartyIndex, fromMs: number, untilMs: number): number {
  const spans = outcome.plan.partitions.map((partition): [number, number] => [partition.fromMs, partition.untilMs]);
  let downSince: number | undefined = 0;
  for (const event of outcome.history.events) {
    if (event.kind === 'crashed' && event.party === party) downSince = event.atMs;
    if (event.kind === 'started' && event.party === party && downSince !== undefined) {
      spans.push([downSince, event.atMs]);
      downSince = undefined;
    }
  }
  if (downSince !== undefined) spans.push([downSince, Number.POSITIVE_INFINITY]);
  const clipped = spans.map(([from, until]): [number, number] => [Math.max(from, fromMs), Math.min(until, untilMs)]);
  return longestUnion(clipped.filter(([from, until]) => until > from));
}

/** Spans that overlap count as one. */
function longestUnion(spans: readonly (readonly [number, number])[]): number {
  let longest = 0;
  let current: [number, number] | undefined;
  for (const [from, until] of [...spans].sort((a, b) => a[0] - b[0])) {
    if (current !== undefined && from <= current[1]) current[1] = Math.max(current[1], until);
    else current = [from, until];
    longest = Math.max(longest, current[1] - current[0]);
  }
  return longest;
}
