import { check } from './checkers/index.ts';
import { type Backends, simulate } from './cluster.ts';
import type { Recorded } from './history.ts';
import type { Violation } from './outcome.ts';
import { planOf } from './plan.ts';

/** What is reported of one seed. */
export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** Milliseconds of real time. */
  readonly tookMs: number;
  /** Milliseconds of virtual time. */
  readonly virtualMs: number;
  readonly attempts: number;
}

/** Plans, simulates and checks one seed. A throw of the code under test is a violation as well. */
export async function runSeed(
  seed: number,
  backends: Backends,
  onEvent?: (event: Recorded) => void,
): Promise<SeedResult> {
  const startedAt = performance.now();
  try {
    const outcome = await simulate(planOf(seed), { backends, ...(onEvent === undefined ? {} : { onEvent }) });
    const violations = check(outcome, backends.curves);
    const attempts = outcome.history.events.filter(({ kind }) => kind === 'attempt').length;
    return { seed, violations, tookMs: performance.now() - startedAt, virtualMs: outcome.endedAtMs, attempts };
  } catch (thrown) {
    const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    const violations = [{ checker: 'no-throw', message }];
    return { seed, violations, tookMs: performance.now() - startedAt, virtualMs: 0, attempts: 0 };
  }
}
