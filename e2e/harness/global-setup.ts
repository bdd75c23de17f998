import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { endProcesses, processesOf } from './processes.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The one directory under which this run keeps everything. */
    readonly runDirectory: string;
  }
}

const REPOSITORY = join(import.meta.dirname, '../..');

/**
 * Builds `dist`, makes the run's directory, and at the end takes away the directory and every process that was started
 * from it, also those of a test that crashed. `KEYMESH_E2E_KEEP=1` leaves the directory for a look at logs.
 */
export default function setup(project: TestProject): () => void {
  execFileSync(process.execPath, [join(REPOSITORY, 'node_modules/typescript/bin/tsc'), '-b'], {
    cwd: REPOSITORY,
    stdio: 'inherit',
  });
  const runDirectory = realpathSync(mkdtempSync(join(tmpdir(), 'keymesh-e2e-')));
  project.provide('runDirectory', runDirectory);
  let isCleaned = false;
  const clean = (): void => {
    if (isCleaned) return;
    isCleaned = true;
    const left = processesOf(runDirectory);
    if (left.length > 0) {
      process.stderr.write(`e2e: ended ${left.length} processes that a test had left running\n`);
      endProcesses(left);
      process.exitCode = 1;
    }
    if (process.env.KEYMESH_E2E_KEEP === '1') process.stderr.write(`e2e: kept ${runDirectory}\n`);
    else rmSync(runDirectory, { recursive: true, force: true });
  };
  // Ctrl-C ends vitest without a teardown.
  process.once('exit', clean);
  return clean;
}
