import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * @typedef {{ name: string, command: string, args: readonly string[], fast?: boolean, tests?: boolean }} Stage
 * @typedef {{ run: (command: string, args: readonly string[]) => Promise<{ code: number }>, print: (text: string) => void, now: () => number }} Surroundings
 */

/**
 * Runs stages in order and stops after the first that fails. Its last line is `N passed, N failed`: the tests of all
 * vitest runs, plus one failure for a stage that failed without a failing test (a compiler error, a crash).
 *
 * @param {readonly Stage[]} stages @param {Surroundings} surroundings
 * @returns {Promise<number>} the exit code
 */
export async function runStages(stages, { run, print, now }) {
  const folder = mkdtempSync(join(tmpdir(), 'keymesh-pipeline-'));
  const totals = { passed: 0, failed: 0 };
  const times = [];
  let failedStage;
  try {
    for (const [index, stage] of stages.entries()) {
      print(`\n━━ ${index + 1}/${stages.length} ${stage.name}: ${[stage.command, ...stage.args].join(' ')}\n`);
      const started = now();
      const report = stage.tests ? join(folder, `${index}.json`) : undefined;
      const reporters = report ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : [];
      const { code } = await run(stage.command, [...stage.args, ...reporters]).catch((cause) => {
        print(`${stage.name} could not be started: ${cause.message}\n`);
        return { code: 1 };
      });
      const counts = report ? readCounts(report) : { passed: 0, failed: 0, total: 1 };
      totals.passed += counts.passed;
      totals.failed += counts.failed;
      const ok = code === 0 && counts.failed === 0 && counts.total > 0;
      times.push(`${ok ? '✓' : '✗'} ${seconds(now() - started)}  ${stage.name}`);
      if (ok) continue;
      failedStage = stage.name;
      if (counts.total === 0) print(`${stage.name}: no test ran.\n`);
      if (counts.failed === 0) totals.failed += 1;
      break;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  print(`\n${times.join('\n')}\n`);
  if (failedStage !== undefined) print(`\nStopped: "${failedStage}" failed, later stages did not run.\n`);
  print(`\n${totals.passed} passed, ${totals.failed} failed\n`);
  return failedStage === undefined ? 0 : 1;
}

/** The numbers of a vitest JSON report; none when it was not written. */
function readCounts(path) {
  try {
    const { numPassedTests, numFailedTests, numTotalTests } = JSON.parse(readFileSync(path, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests, total: numTotalTests };
  } catch {
    return { passed: 0, failed: 0, total: 0 };
  }
}

const seconds = (ms) => `${(ms / 1000).toFixed(1).padStart(6)} s`;
