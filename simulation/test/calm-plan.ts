import { FROST_SCHEMES, type Plan, type SigningPlan } from '../src/plan.ts';

/** What the client of a calm plan does unless a test says otherwise: one FROST signature, nothing ahead. */
export const CALM_SIGNING: SigningPlan = {
  count: 1,
  atOnce: 1,
  otherSigners: 0,
  pauseMaxMs: 0,
  schemes: FROST_SCHEMES,
  watermarks: { low: 0, high: 0 },
};

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
    rollback: undefined,
    signing: CALM_SIGNING,
    ...changes,
  };
}
