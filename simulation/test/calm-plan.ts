import type { Plan } from '../src/plan.ts';

/** Four members, t = 3, no faults; tests add the one thing that they are about. */
export function calmPlan(seed: number, changes: Partial<Plan> = {}): Plan {
  return {
    seed,
    partyCount: 4,
    threshold: 3,
    faulty: [],
    liar: undefined,
    crashes: [],
    partitions: [],
    links: { loss: 0, duplication: 0, delayMinMs: 5, delayMaxMs: 25, slow: 0, slowMs: 0 },
    chain: { blockMs: 2_000, observeDelayMaxMs: 100, missedBlock: 0, failedTransaction: 0 },
    startsMs: [0, 0, 0, 0],
    signatures: 1,
    ...changes,
  };
}
