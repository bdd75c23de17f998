import {
  findWalls,
  DEFAULT_ACTION_LIMITS as limits,
  type SandboxPool,
  startDebuggedSandboxes,
  startSandboxes,
} from '@keymesh/actions';
import { systemClock as clock } from '@keymesh/node';

/**
 * Sandboxes of this machine, with the walls that it can put up; or, with a port, ones that wait there for a debugger and
 * have no second wall, which would keep it out.
 */
export function localSandboxes(port: number | undefined): SandboxPool {
  if (port !== undefined) return startDebuggedSandboxes({ limits, clock, port });
  return startSandboxes({ walls: findWalls(), limits, size: 0, clock });
}
