import { limitExceeded } from './errors.ts';
import type { ActionLimits } from './limits.ts';
import type { CountedLimit } from './ops/op.ts';

const WHAT: Readonly<Record<CountedLimit, string>> = {
  fetchesMax: 'calls of fetch',
  contractCallsMax: 'reads of chains',
  signaturesMax: 'signatures',
  decryptionsMax: 'decryptions',
  broadcastsMax: 'rounds with other nodes',
  childrenMax: 'calls of other programs',
};

/** What a run has used of its limits, children included. */
export class Budget {
  readonly #limits: ActionLimits;
  readonly #used: Record<CountedLimit, number> = {
    ...{ fetchesMax: 0, contractCallsMax: 0, signaturesMax: 0, decryptionsMax: 0, broadcastsMax: 0, childrenMax: 0 },
  };
  readonly #names = new Map<string, number>();

  constructor(limits: ActionLimits) {
    this.#limits = limits;
  }

  get used(): Readonly<Record<CountedLimit, number>> {
    return { ...this.#used };
  }

  /** @throws ActionError `actions/limit-exceeded` if it is used up. */
  spend(limit: CountedLimit): void {
    if (this.#used[limit] >= this.#limits[limit]) throw limitExceeded(limit, this.#limits[limit], WHAT[limit]);
    this.#used[limit] += 1;
  }

  /** How often a name was asked for before. Bounded by the calls that a run may make. */
  occurrence(kind: string, name: string): number {
    const key = `${kind}/${name}`;
    const count = this.#names.get(key) ?? 0;
    this.#names.set(key, count + 1);
    return count;
  }
}
