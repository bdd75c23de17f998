import type { Clock } from '@keymesh/foundation';
import type { ActionLimits } from '../limits.ts';
import { findDeno } from './deno.ts';
import { composeGuestFile } from './guest-file.ts';
import { SandboxPool } from './pool.ts';
import { Sandbox } from './sandbox.ts';
import { sandboxCommand, type Walls } from './walls.ts';

/** Processor seconds beyond the run time: starting and ending cost some too. */
const CPU_SECONDS_SPARE = 2;

/**
 * A pool of sandboxes, which begins to start them.
 * @param directory where their one file is written; nobody else may write there.
 * @throws ActionError `actions/sandbox-failed` where there is no Deno.
 */
export function startSandboxes(options: {
  readonly walls: Walls;
  readonly directory: string;
  readonly limits: ActionLimits;
  /** Started ahead. */
  readonly size: number;
  readonly clock: Clock;
}): SandboxPool {
  const { walls, directory, limits, size, clock } = options;
  const command = sandboxCommand(walls, {
    deno: findDeno(),
    guestFile: composeGuestFile(directory),
    heapMiBMax: limits.heapMiBMax,
    cpuSecondsMax: Math.ceil(limits.runTimeMsMax / 1_000) + CPU_SECONDS_SPARE,
  });
  return new SandboxPool({ size, clock, start: () => new Sandbox(command, clock) });
}
