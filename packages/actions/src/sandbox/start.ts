import { fileURLToPath } from 'node:url';
import type { Clock } from '@keymesh/foundation';
import { type ActionLimits, RUNNING_DEFAULT_MAX } from '../limits.ts';
import { findDeno } from './deno.ts';
import { libraryFrame } from './libraries.ts';
import { SandboxPool } from './pool.ts';
import { Sandbox } from './sandbox.ts';
import { sandboxCommand, type Walls } from './walls.ts';

const GUEST = fileURLToPath(new URL('../../guest/guest.js', import.meta.url));
/** Processor seconds beyond the run time: starting and ending cost some too. */
const CPU_SECONDS_SPARE = 2;

/**
 * A pool of sandboxes, which begins to start them.
 * @throws ActionError `actions/sandbox-failed` where there is no Deno.
 */
export function startSandboxes(options: {
  readonly walls: Walls;
  readonly limits: ActionLimits;
  /** Started ahead. */
  readonly size: number;
  /** Programs that run at one time. Each may take as much memory as its limits allow. */
  readonly runningMax?: number;
  readonly clock: Clock;
}): SandboxPool {
  const { walls, limits, size, clock, runningMax = RUNNING_DEFAULT_MAX } = options;
  const command = sandboxCommand(walls, {
    deno: findDeno(),
    guestFile: GUEST,
    heapMiBMax: limits.heapMiBMax,
    cpuSecondsMax: Math.ceil(limits.runTimeMsMax / 1_000) + CPU_SECONDS_SPARE,
  });
  const library = libraryFrame();
  return new SandboxPool({ size, clock, runningMax, start: () => new Sandbox(command, library, clock) });
}
