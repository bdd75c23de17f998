import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process as the system lists it. */
export interface ListedProcess {
  readonly pid: number;
  readonly command: string;
}

/** Pause between two looks at something that changes. Milliseconds. */
const POLL_INTERVAL_MS = 25;

/** Living processes whose command line names a path of a directory. A run's directory is in no other command line. */
export function processesOf(directory: string): readonly ListedProcess[] {
  const listed = execFileSync('ps', ['-ww', '-eo', 'pid=,stat=,command='], { encoding: 'utf8' });
  return listed.split('\n').flatMap((line) => {
    const [, pid, state, command] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined || state?.startsWith('Z') !== false || command?.includes(directory) !== true) return [];
    return Number(pid) === process.pid ? [] : [{ pid: Number(pid), command }];
  });
}

/** SIGKILL; a process that has ended meanwhile is fine. */
export function endProcesses(processes: readonly ListedProcess[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone.
    }
  }
}

export function isAlive(pid: number): boolean {
  const state = spawnState(pid);
  return state !== '' && !state.startsWith('Z');
}

function spawnState(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

/** kill -9, and waits until the process is gone, so that its ports and locks are free. */
export async function killHard(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await until(`process ${pid} is gone`, () => !isAlive(pid));
}

/**
 * Waits until something holds.
 * @param what for the error: what was waited for.
 * @param timeoutMs milliseconds.
 */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 30_000,
  intervalMs = POLL_INTERVAL_MS,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain until ${what}.`);
    await sleep(intervalMs);
  }
}
