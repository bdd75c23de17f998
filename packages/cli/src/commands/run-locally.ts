import { DEFAULT_ACTION_LIMITS, Fetcher, knownAnswers, Recorder, runAction as runInSandbox } from '@keymesh/actions';
import { systemClock } from '@keymesh/node';
import { cidOf } from '@keymesh/sdk';
import { CliError } from '../errors.ts';
import { DEBUGGED_RUN_TIME_MS_MAX } from '../limits.ts';
import { outcomeLines } from '../output/outcome-lines.ts';
import { printable } from '../output/printable.ts';
import type { Reporter } from '../output/reporter.ts';
import { inspectPort, tellDebugger } from '../recordings/debugger-address.ts';
import { createLocalHost } from '../recordings/local-host.ts';
import { localSandboxes } from '../recordings/local-sandbox.ts';
import { nodeRecording, readRecording, writeRecording } from '../recordings/recording-file.ts';
import { programParams, programText } from './program-arguments.ts';

export interface LocalRunOptions {
  readonly params?: string;
  /** A recording whose answers are used, or true for none. */
  readonly local: boolean | string;
  readonly allowHost?: readonly string[];
  readonly record?: string;
  readonly inspect?: boolean | string;
}

const NODE = 'local';

/** `keymesh action run --local`: on this machine alone, in the sandbox that nodes have. */
export async function runLocally(program: string, options: LocalRunOptions, report: Reporter): Promise<void> {
  const source = programText(program);
  const port = inspectPort(options.inspect);
  const recorded =
    typeof options.local === 'string' ? nodeRecording(readRecording(options.local), undefined) : undefined;
  const pool = localSandboxes(port);
  const fetcher = new Fetcher({ allowedHosts: options.allowHost ?? [] });
  const recorder = new Recorder();
  const limits = {
    ...DEFAULT_ACTION_LIMITS,
    ...(port === undefined ? {} : { runTimeMsMax: DEBUGGED_RUN_TIME_MS_MAX }),
  };
  try {
    const jsParams = options.params === undefined ? recorded?.recording.runs[0]?.globals.jsParams : undefined;
    const cid = cidOf(source);
    const running = runInSandbox(
      { source, cid, jsParams: jsParams ?? programParams(options.params), headers: [] },
      {
        ...{ host: createLocalHost(), pool, fetcher, limits, clock: systemClock, observer: recorder },
        known: recorded === undefined ? undefined : knownAnswers(recorded.recording.runs),
        debug: port !== undefined,
      },
    );
    if (port !== undefined) await tellDebugger(port, report);
    const { error, response, logs, steps } = await running;
    if (options.record !== undefined) {
      const run = { party: 1, url: '', error, response, logs, steps, recording: recorder.recording };
      writeRecording(options.record, [run], () => NODE);
    }
    if (error !== undefined) throw failed(error.message, error.code, logs, report);
    const text = outcomeLines(NODE, logs, response).join('\n');
    report.result({ cid, response, logs, signatures: {}, claims: {}, nodes: [] }, text);
  } finally {
    await pool.close();
    await fetcher.close();
  }
}

function failed(message: string, reason: string, logs: string, report: Reporter): CliError {
  if (logs !== '') report.note(printable(logs.trimEnd()));
  return new CliError(`The action failed: ${message}`, {
    code: 'cli/action-failed',
    fault: 'caller',
    hint: 'Positions are in the program’s own text.',
    details: { reason },
  });
}
