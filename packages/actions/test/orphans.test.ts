import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { DEFAULT_ACTION_LIMITS } from '../src/limits.ts';
import { startSandboxes } from '../src/sandbox/start.ts';
import { findWalls } from '../src/sandbox/walls.ts';
import { clock } from './program-under-test.ts';

/** Bubblewraps that nobody waits for. */
const orphans = (): string[] =>
  execFileSync('ps', ['-eo', 'pid=,ppid=,comm='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, name]) => parent === '1' && name === 'bwrap')
    .map(([pid]) => pid ?? '');

/** Without a group of the kernel, which would end what is left. */
const walls = findWalls(undefined, '/nowhere');

it.skipIf(walls.bubblewrap === undefined)(
  'leave nothing behind, whenever they are ended while they start',
  async () => {
    const before = new Set(orphans());
    for (let afterMs = 0; afterMs < 24; afterMs++) {
      const pool = startSandboxes({ walls, limits: DEFAULT_ACTION_LIMITS, size: 3, clock });
      await new Promise((resolve) => setTimeout(resolve, afterMs / 2));
      await pool.close();
    }
    await expect.poll(() => orphans().filter((pid) => !before.has(pid)), { timeout: 5_000 }).toEqual([]);
  },
  60_000,
);
