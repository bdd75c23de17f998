import { type Outcome, steadyOf } from '../outcome.ts';
import { lastFaultMs } from '../plan.ts';

/**
 * From the last planned fault on, everything is done within so long: the liar goes on lying and links go on losing. It
 * allows for an attempt that times out in each round and as many further attempts as a liar can force. Milliseconds.
 */
export const PROGRESS_MS_MAX = 10 * 60_000;

/** An epoch becomes active, every steady honest member serves it, and the client gets all its signatures. */
export function checkProgress(outcome: Outcome): string[] {
  const { plan, active, serving, signatures, signaturesWanted, finished, endedAtMs } = outcome;
  const boundMs = lastFaultMs(plan) + PROGRESS_MS_MAX;
  const problems: string[] = [];
  if (active === undefined) problems.push('no epoch became active');
  else {
    for (const party of steadyOf(plan)) {
      const excluded = active.excluded.includes(party);
      if (!serving.has(party) && !excluded) problems.push(`party ${party} holds no shares of the epoch in service`);
    }
  }
  if (signatures.length < signaturesWanted) problems.push(`${signatures.length} of ${signaturesWanted} signatures`);
  if (!finished || endedAtMs > boundMs) problems.push(`not done after ${endedAtMs} ms; the bound is ${boundMs} ms`);
  return problems;
}
