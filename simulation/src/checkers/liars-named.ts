import type { PartyIndex } from '@keymesh/foundation';
import type { EpochEvent } from '../node-parts.ts';
import { honestOf, type Outcome } from '../outcome.ts';
import { longestAbsence } from './honest-not-blamed.ts';

/** An absence may end an attempt so long after it is over. Milliseconds. */
const ABSENCE_LINGERS_MS = 5_000;

/**
 * No run and no attempt fails without a name, and no lie that can be proven stays without its liar's.
 *
 * A lie in a key generation counts where an honest member came to an outcome in that run; a lie to a client counts when
 * it arrived while the client waited for it.
 */
export function checkLiarsNamed(outcome: Outcome): string[] {
  return [
    ...unexplainedFailures(outcome),
    ...wastedAttempts(outcome),
    ...unnamedInRuns(outcome),
    ...unnamedByClients(outcome),
  ];
}

/** An attempt in which everybody was there all the time, and which ended without a result and without an exclusion. */
function wastedAttempts(outcome: Outcome): string[] {
  const attempts = outcome.history.events.filter((event) => event.kind === 'attempt');
  const parties = Array.from({ length: outcome.plan.partyCount }, (_, i) => i + 1);
  return attempts.flatMap((next, i) => {
    const before = attempts[i - 1];
    if (before === undefined || next.excluded.some((party) => !before.excluded.includes(party))) return [];
    const fromMs = before.atMs - ABSENCE_LINGERS_MS;
    if (parties.some((party) => longestAbsence(outcome, party, fromMs, next.atMs) > 0)) return [];
    return [`attempt ${before.attempt} ended without a result, everybody was there, and nobody was excluded`];
  });
}

function unexplainedFailures({ history, plan }: Outcome): string[] {
  return history
    .ofMembers(honestOf(plan))
    .flatMap(({ party, event }) =>
      event.kind === 'run-failed' && event.blamed.length === 0
        ? [`party ${party}: attempt ${event.attempt} failed with ${event.error.code}, and nobody was named`]
        : [],
    );
}

function unnamedInRuns({ history, plan }: Outcome): string[] {
  const attempts = history.events.filter((event) => event.kind === 'attempt');
  const members = history.ofMembers(honestOf(plan));
  return history.events
    .filter((event) => event.kind === 'lie')
    .flatMap(({ party: liar, lie, executionId, mustBeNamedBy }) => {
      const attempt = attempts.find((candidate) => candidate.executionId === executionId)?.attempt;
      const ofRun = members.filter(({ event }) => 'attempt' in event && event.attempt === attempt);
      const outcomes = ofRun.filter(({ event }) => event.kind === 'run-done' || event.kind === 'run-failed');
      const namers = new Set(ofRun.filter(({ event }) => names(event, liar)).map(({ party }) => party));
      const silent = outcomes.filter(({ party }) => !namers.has(party)).map(({ party }) => party);
      if (silent.length === 0 || (mustBeNamedBy === 'someone' && namers.size > 0)) return [];
      return [`"${lie}" of party ${liar} in attempt ${attempt} was not named by ${silent.join()}`];
    });
}

function names(event: EpochEvent, liar: PartyIndex): boolean {
  if (event.kind === 'run-done') return event.convicted.includes(liar);
  if (event.kind === 'run-failed') return event.blamed.includes(liar);
  return event.kind === 'equivocation' && event.author === liar;
}

function unnamedByClients({ history }: Outcome): string[] {
  const named = new Set<PartyIndex>();
  const problems: string[] = [];
  for (const event of history.events) {
    if (event.kind !== 'client' || event.what.kind !== 'culprits') continue;
    for (const party of event.what.parties) named.add(party);
  }
  for (const event of history.events) {
    if (event.kind === 'lie-arrived' && !named.has(event.party)) {
      problems.push(`"${event.lie}" of party ${event.party} reached a client that did not name it`);
    }
  }
  return problems;
}
