import { join } from 'node:path';
import {
  type ActionLimits,
  DEFAULT_ACTION_LIMITS,
  Fetcher,
  findWalls,
  requireWalls,
  standingWalls,
  startSandboxes,
} from '@keymesh/actions';
import type { Clock } from '@keymesh/foundation';
import type { KeyRegistry } from '../chain/key-registry.ts';
import { createBoundedFetch } from '../conditions/bounded-fetch.ts';
import type { NodeConfig } from '../config/config.ts';
import { NodeError } from '../errors.ts';
import type { Logger } from '../observability/logger.ts';
import { createExecuteHandler, type ExecuteHandler, type ExecuteHandlerModules } from '../programs/execute-handler.ts';
import { PROGRAM_FETCH_TIMEOUT_MS } from '../programs/limits.ts';
import { ProgramRounds } from '../programs/program-rounds.ts';
import { ProgramStore } from '../programs/program-store.ts';
import { createTextDirectory } from '../programs/text-directory.ts';
import { createProgramChains } from '../programs/viem-program-chains.ts';

/** What runs programs. */
export interface ProgramsSide {
  readonly rounds: ProgramRounds;
  /** Names of the walls around programs; undefined on a node that runs none. */
  readonly walls: readonly string[] | undefined;
  handlerFor(modules: RequestModules): ExecuteHandler;
  stop(): Promise<void>;
}

type RequestModules = Omit<
  ExecuteHandlerModules,
  'rounds' | 'pool' | 'fetcher' | 'limits' | 'clock' | 'chains' | 'programs' | 'signClaim' | 'recordings'
>;

/**
 * Starts the sandboxes of a node that runs programs.
 * @throws ActionError `actions/no-walls`, `actions/sandbox-failed`.
 */
export function startProgramsSide(
  config: Pick<NodeConfig, 'actions' | 'chains' | 'dataDirectory'>,
  modules: {
    readonly clock: Clock;
    readonly keys: KeyRegistry;
    readonly logger: Logger;
    readonly signClaim: ExecuteHandlerModules['signClaim'];
  },
): ProgramsSide {
  const { clock, keys, logger, signClaim } = modules;
  const rounds = new ProgramRounds(clock);
  const { actions } = config;
  if (actions === undefined) return runsNone(rounds);
  const walls = findWalls();
  if (actions.walls === 'required') requireWalls(walls);
  const standing = standingWalls(walls);
  logger.info('programs.walls', { walls: standing, required: actions.walls === 'required' });
  const limits: ActionLimits = { ...DEFAULT_ACTION_LIMITS, ...actions.limits };
  const pool = startSandboxes({ walls, limits, size: actions.sandboxes, runningMax: actions.running, clock });
  const fetcher = new Fetcher({ allowedHosts: actions.allowedHosts });
  const programs = createProgramStore(config.dataDirectory, actions.ipfsGateways, limits.codeBytesMax);
  const chains = createProgramChains(config.chains, keys);
  return {
    rounds,
    walls: standing,
    handlerFor: (requestModules) =>
      createExecuteHandler({
        ...{ ...requestModules, rounds, pool, fetcher, limits, clock, chains, programs, signClaim },
        recordings: actions.recordings,
      }),
    stop: async () => {
      await pool.close();
      await fetcher.close();
    },
  };
}

/** The directory where a node finds programs by CID. */
export function programDirectory(dataDirectory: string): string {
  return join(dataDirectory, 'programs');
}

function createProgramStore(dataDirectory: string, gateways: readonly string[], bytesMax: number): ProgramStore {
  const boundedFetch = createBoundedFetch(bytesMax);
  return new ProgramStore({
    texts: createTextDirectory(programDirectory(dataDirectory)),
    gateways,
    fetchText: async (url) => {
      const answer = await boundedFetch(url, { signal: AbortSignal.timeout(PROGRAM_FETCH_TIMEOUT_MS) });
      if (!answer.ok) throw noProgram();
      return answer.text();
    },
  });
}

function runsNone(rounds: ProgramRounds): ProgramsSide {
  return {
    rounds,
    walls: undefined,
    handlerFor: () => async () => {
      throw new NodeError('This node does not run programs.', {
        code: 'actions/not-served',
        fault: 'environment',
        hint: 'Ask other nodes. Its operator can let it run programs with "actions" in the configuration.',
      });
    },
    stop: async () => undefined,
  };
}

function noProgram(): NodeError {
  return new NodeError('A gateway does not have the program.', {
    code: 'actions/unknown-program',
    fault: 'environment',
  });
}
