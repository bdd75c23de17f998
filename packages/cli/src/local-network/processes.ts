import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliError } from '../errors.ts';
import { POLL_INTERVAL_MS, PROCESS_STOP_TIMEOUT_MS } from '../limits.ts';

const LOOPBACK = '127.0.0.1';

/**
 * Starts a program that outlives this one, in a process group of its own (so that Ctrl-C here does not reach it), with
 * its output in a file.
 * @returns its process id.
 */
export function startProcess(options: {
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly env?: NodeJS.ProcessEnv;
}): Promise<number> {
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawn(options.command, options.args, {
    detached: true,
    stdio: ['ignore', log, log],
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  closeSync(log);
  return new Promise((resolve, reject) => {
    child.once('error', (cause) =>
      reject(
        new CliError(`${options.command} could not be started.`, {
          code: 'cli/process-failed',
          fault: 'environment',
          hint: 'Run `npm ci` again; it brings every program that a local network needs.',
          cause,
        }),
      ),
    );
    child.once('spawn', () => {
      child.unref();
      resolve(child.pid as number);
    });
  });
}

/**
 * Whether the process runs and is the one meant: its command line must hold `marker`, because process ids are used
 * again and a stranger must never be ended.
 */
export function isRunning(pid: number, marker: string): boolean {
  if (pid <= 0) return false;
  const listed = spawnSync('ps', ['-ww', '-o', 'stat=,command=', '-p', String(pid)], { encoding: 'utf8' });
  if (listed.error !== undefined) return false;
  const line = listed.stdout.trim();
  return line.includes(marker) && !line.startsWith('Z');
}

/**
 * The process that was started with such arguments, or 0. For a process whose id was never noted down, because the
 * program that started it was killed, and for one that its operator has restarted by hand.
 * @param marker part of the command line that no other program has.
 */
export function findProcess(marker: string): number {
  const listed = spawnSync('ps', ['-ww', '-A', '-o', 'pid=,stat=,command='], { encoding: 'utf8' });
  for (const line of listed.error === undefined ? listed.stdout.split('\n') : []) {
    const [, pid, state, command] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (command?.includes(marker) === true && state?.startsWith('Z') === false) return Number(pid);
  }
  return 0;
}

/** Ends a process with SIGTERM, and with SIGKILL if it does not end in time. Does nothing if it is not the one meant. */
export async function stopProcess(pid: number, marker: string): Promise<void> {
  if (!isRunning(pid, marker)) return;
  process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + PROCESS_STOP_TIMEOUT_MS;
  while (isRunning(pid, marker)) {
    if (Date.now() > deadline) {
      process.kill(pid, 'SIGKILL');
      return;
    }
    await sleep(POLL_INTERVAL_MS);
  }
}

/** A port on the loopback address that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** Whether nobody listens on the loopback port now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, LOOPBACK, () => server.close(() => resolve(true)));
  });
}
