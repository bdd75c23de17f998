import {
  DEFAULT_ACTION_LIMITS,
  findWalls,
  type SandboxPool,
  standingWalls,
  startDebuggedSandboxes,
  startSandboxes,
} from '@keymesh/actions';
import type { Clock } from '@keymesh/foundation';

/** The machine's clock. */
export const clock: Clock = {
  now: () => Date.now(),
  setTimer: (delayMs, fire) => {
    const timer = setTimeout(fire, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Sandboxes of this machine, with the walls that it can put up. */
export function localSandboxes(): { readonly pool: SandboxPool; readonly walls: readonly string[] } {
  const walls = findWalls();
  const pool = startSandboxes({ walls, limits: DEFAULT_ACTION_LIMITS, size: 0, clock });
  return { pool, walls: standingWalls(walls) };
}

/** Sandboxes that wait for a debugger at a port of this machine. No second wall is around them: it has no network. */
export function debuggedSandboxes(port: number): SandboxPool {
  return startDebuggedSandboxes({ limits: DEFAULT_ACTION_LIMITS, clock, port });
}
