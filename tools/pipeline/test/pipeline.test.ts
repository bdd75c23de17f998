import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runStages } from '../pipeline.mjs';

interface Outcome {
  readonly code: number;
  readonly tests?: { readonly passed: number; readonly failed: number };
}

/** Runs stages named after their outcomes, without processes. */
async function pipeline(outcomes: readonly Outcome[]) {
  const ran: string[] = [];
  let printed = '';
  const stages = outcomes.map((outcome, index) => ({
    name: `stage ${index}`,
    command: String(index),
    args: [],
    tests: outcome.tests !== undefined,
  }));
  const code = await runStages(stages, {
    run: async (command, args) => {
      ran.push(command);
      const outcome = outcomes[Number(command)] as Outcome;
      const report = args.find((arg) => arg.startsWith('--outputFile.json='))?.split('=')[1];
      if (report !== undefined && outcome.tests !== undefined) {
        const { passed, failed } = outcome.tests;
        const text = { numPassedTests: passed, numFailedTests: failed, numTotalTests: passed + failed };
        writeFileSync(report, JSON.stringify(text));
      }
      return { code: outcome.code };
    },
    print: (text) => {
      printed += text;
    },
    now: () => 0,
  });
  return { code, ran, lastLine: printed.trimEnd().split('\n').at(-1) };
}

describe('the pipeline', () => {
  it('adds up the tests of all stages and closes with them', async () => {
    const result = await pipeline([
      { code: 0 },
      { code: 0, tests: { passed: 3, failed: 0 } },
      { code: 0, tests: { passed: 4, failed: 0 } },
    ]);
    expect(result).toEqual({ code: 0, ran: ['0', '1', '2'], lastLine: '7 passed, 0 failed' });
  });

  it('stops at the first stage that fails and counts it', async () => {
    const result = await pipeline([{ code: 0, tests: { passed: 3, failed: 0 } }, { code: 2 }, { code: 0 }]);
    expect(result).toEqual({ code: 1, ran: ['0', '1'], lastLine: '3 passed, 1 failed' });
  });

  it('counts failed tests, not the stage that holds them', async () => {
    const result = await pipeline([{ code: 1, tests: { passed: 3, failed: 2 } }]);
    expect(result).toEqual({ code: 1, ran: ['0'], lastLine: '3 passed, 2 failed' });
  });

  it('takes a run without a single test as a failure', async () => {
    const result = await pipeline([{ code: 0, tests: { passed: 0, failed: 0 } }]);
    expect(result).toEqual({ code: 1, ran: ['0'], lastLine: '0 passed, 1 failed' });
  });

  it('takes a command that cannot be started as a failure', async () => {
    let printed = '';
    const code = await runStages([{ name: 'gone', command: 'no-such-command', args: [] }], {
      run: () => Promise.reject(new Error('spawn no-such-command ENOENT')),
      print: (text) => {
        printed += text;
      },
      now: () => 0,
    });
    expect(code).toBe(1);
    expect(printed).toContain('gone could not be started: spawn no-such-command ENOENT');
  });
});
