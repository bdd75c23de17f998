import type { Clock, PartyIndex } from '@keymesh/foundation';
import { cidOf } from '@keymesh/protocol/cid';
import { Fetcher } from '../src/fetching/fetcher.ts';
import type { ActionHost } from '../src/host.ts';
import { type ActionLimits, DEFAULT_ACTION_LIMITS } from '../src/limits.ts';
import { type ActionOutcome, type RunModules, runAction } from '../src/run.ts';
import type { SandboxPool } from '../src/sandbox/pool.ts';
import { startSandboxes } from '../src/sandbox/start.ts';
import { findWalls, type Walls } from '../src/sandbox/walls.ts';

export const clock: Clock = {
  now: () => Date.now(),
  setTimer: (delayMs, fire) => {
    const timer = setTimeout(fire, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** A committee's worth of hosts that share rounds; each has its own view of who it is. */
export class Rounds {
  readonly #values = new Map<string, Map<PartyIndex, Uint8Array>>();
  readonly #parties: readonly PartyIndex[];

  constructor(parties: readonly PartyIndex[]) {
    this.#parties = parties;
  }

  peersOf(self: PartyIndex): ActionHost['peers'] {
    return {
      self,
      parties: this.#parties,
      leaderOf: (name) => this.#parties[name.length % this.#parties.length] as PartyIndex,
      publish: (round, value) => {
        this.#of(round).set(self, value);
      },
      collect: async (round, from) => {
        while (!from.every((party) => this.#of(round).has(party)))
          await new Promise((resolve) => setTimeout(resolve, 2));
        return this.#of(round);
      },
    };
  }

  #of(round: string): Map<PartyIndex, Uint8Array> {
    const values = this.#values.get(round) ?? new Map();
    this.#values.set(round, values);
    return values;
  }
}

export interface RunOptions {
  readonly jsParams?: Readonly<Record<string, unknown>>;
  readonly headers?: readonly (readonly [string, string])[];
  readonly limits?: Partial<ActionLimits>;
  readonly host?: Partial<ActionHost>;
  readonly observer?: RunModules['observer'];
  readonly known?: RunModules['known'];
}

/** Programs in real sandboxes, with a host that the test makes. */
export class Programs {
  readonly pool: SandboxPool;
  readonly fetcher: Fetcher;

  constructor(
    options: {
      readonly walls?: Walls;
      readonly allowedHosts?: readonly string[];
      readonly limits?: Partial<ActionLimits>;
    } = {},
  ) {
    const limits = { ...DEFAULT_ACTION_LIMITS, ...options.limits };
    const { walls = findWalls(), allowedHosts = [] } = options;
    this.pool = startSandboxes({ walls, limits, size: 2, clock });
    this.fetcher = new Fetcher({ allowedHosts });
  }

  run(
    source: string,
    { jsParams = {}, headers = [], limits = {}, host = {}, observer, known }: RunOptions = {},
  ): Promise<ActionOutcome> {
    return runAction(
      { source, cid: cidOf(source), jsParams, headers },
      {
        host: {
          auth: { authSigAddress: null, authMethodContexts: [], resources: [], customAuthResource: '' },
          peers: new Rounds([1]).peersOf(1),
          begin: async () => {},
          ...host,
        } as ActionHost,
        ...{ pool: this.pool, fetcher: this.fetcher, clock, observer, known },
        limits: { ...DEFAULT_ACTION_LIMITS, runTimeMsMax: 5_000, ...limits },
      },
    );
  }

  /** What a program logs; its error, if it has one. */
  async logsOf(source: string, options?: RunOptions): Promise<string> {
    const { error, logs } = await this.run(source, options);
    return error === undefined ? logs.trimEnd() : `${error.code}: ${error.message}`;
  }

  async stop(): Promise<void> {
    await this.pool.close();
    await this.fetcher.close();
  }
}
