import { fileURLToPath } from 'node:url';
import type { Clock } from '@keymesh/foundation';
import { ActionError } from '../errors.ts';
import { type ActionLimits, DEBUGGER_TIMEOUT_MS, RUNNING_DEFAULT_MAX, sandboxMemoryMiBMax } from '../limits.ts';
import { type Cgroup, Cgroups } from './cgroups.ts';
import { denoArguments, findDeno } from './deno.ts';
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
  const groups = walls.cgroup && new Cgroups(walls.cgroup, { memoryMiBMax: sandboxMemoryMiBMax(limits), clock });
  const start = (): Sandbox => new Sandbox(command, { library, clock, group: groups && createGroup(groups) });
  return new SandboxPool({ size, clock, runningMax, start });
}

function createGroup(groups: Cgroups): Cgroup {
  try {
    return groups.create();
  } catch (cause) {
    throw new ActionError('The kernel gives no group for a sandbox any more.', {
      code: 'actions/sandbox-failed',
      fault: 'environment',
      hint: 'The node could make groups (cgroups) when it started. Look who changed /sys/fs/cgroup, and start the node again.',
      cause,
    });
  }
}

/**
 * Sandboxes that wait for a debugger (Chrome DevTools Protocol) at a port of this machine: one at a time, for a program's
 * author. Deno's permissions are as always; a second wall would keep the debugger out.
 */
export function startDebuggedSandboxes(options: {
  readonly limits: ActionLimits;
  readonly clock: Clock;
  readonly port: number;
}): SandboxPool {
  const { limits, clock, port } = options;
  const args = [`--inspect-wait=127.0.0.1:${port}`, ...denoArguments(GUEST, limits.heapMiBMax).slice(1)];
  const command = { command: findDeno(), args: ['run', ...args], filter: undefined };
  const library = libraryFrame();
  const start = (): Sandbox => new Sandbox(command, { library, clock, startTimeoutMs: DEBUGGER_TIMEOUT_MS });
  return new SandboxPool({ size: 0, clock, runningMax: 1, start });
}
