import { divergence, type RecordedProgram, type ReplayOutcome, replay } from '@keymesh/actions';
import { systemClock } from '@keymesh/node';
import { CliError } from '../errors.ts';
import { outcomeLines } from '../output/outcome-lines.ts';
import type { Reporter } from '../output/reporter.ts';
import { inspectPort, tellDebugger } from '../recordings/debugger-address.ts';
import { describeEvent } from '../recordings/describe-event.ts';
import { localSandboxes } from '../recordings/local-sandbox.ts';
import { type NodeRecording, nodeRecording, readRecording } from '../recordings/recording-file.ts';

/** `keymesh action replay`. */
export async function replayRecording(
  path: string,
  options: { readonly node?: string; readonly inspect?: boolean | string },
  report: Reporter,
): Promise<void> {
  const { node, recording } = nodeRecording(readRecording(path), options.node);
  const port = inspectPort(options.inspect);
  // A debugger is for the program that was asked for; its children are in the recording as what they answered.
  const programs = port === undefined ? recording.runs : recording.runs.slice(0, 1);
  const pool = localSandboxes(port);
  const debug = port !== undefined;
  try {
    const outcomes: ReplayOutcome[] = [];
    for (const program of programs) {
      const running = pool.with((sandbox) => replay(program, { sandbox, clock: systemClock, debug }));
      if (port !== undefined) await tellDebugger(port, report);
      outcomes.push(await running);
    }
    tellOutcome(node, programs, outcomes, report);
  } finally {
    await pool.close();
  }
}

function tellOutcome(
  node: string,
  programs: readonly RecordedProgram[],
  outcomes: readonly ReplayOutcome[],
  report: Reporter,
): void {
  const different = outcomes.findIndex(({ isSame }) => !isSame);
  const outcome = outcomes[different];
  const said = programs[0]?.events.flatMap((event) => (event.kind === 'log' ? [event.text] : [])).join('') ?? '';
  const response = programs[0]?.events.findLast((event) => event.kind === 'response');
  const value = { node, same: different === -1, logs: said, response: response?.text ?? '' };
  if (outcome === undefined || outcome.isSame) {
    const events = programs.reduce((sum, program) => sum + program.events.length, 0);
    const verdict = `The same as on ${node}: ${events} events, bit for bit.`;
    report.result({ ...value, events }, [...outcomeLines(' ', said, value.response), verdict].join('\n'));
    return;
  }
  throw new CliError(
    `The run went another way than on ${node}, at event ${outcome.at + 1} of ${programs[different]?.programs.at(-1)}.`,
    {
      code: 'cli/replay-differs',
      fault: 'caller',
      hint: `There it ${describeEvent(outcome.expected)}; here it ${describeEvent(outcome.got)}. Keys that crypto.subtle generates are not in a recording.`,
      details: { node, at: outcome.at },
    },
  );
}

/** `keymesh action diff`. */
export function diffRecordings(
  path: string,
  otherPath: string | undefined,
  options: { readonly nodes?: string },
  report: Reporter,
): void {
  const [first, second] = pairOf(path, otherPath, options.nodes);
  const found = divergence(first.recording, second.recording);
  const nodes = [first.node, second.node];
  if (found === undefined) {
    report.result({ nodes, same: true }, `${first.node} and ${second.node} did the same.`);
    return;
  }
  const width = Math.max(...nodes.map(({ length }) => length));
  const both = (own: Parameters<typeof describeEvent>[0], other: Parameters<typeof describeEvent>[0]): string[] => [
    `  ${first.node.padEnd(width)}  ${describeEvent(own)}`,
    `  ${second.node.padEnd(width)}  ${describeEvent(other)}`,
  ];
  const causes = found.causes.flatMap(({ at, call, first: own, second: other }) => [
    `before, at event ${at + 1}${call === undefined ? '' : ` (the answer of ${call.op})`}, they were given different things:`,
    ...both(own, other),
  ]);
  report.result(
    { nodes, same: false, ...found },
    [
      `The runs part at event ${found.at + 1} of ${found.programs.at(-1)}:`,
      ...both(found.first, found.second),
      ...causes,
    ].join('\n'),
  );
}

/** Two nodes of one recording, or the same node of two. */
function pairOf(
  path: string,
  otherPath: string | undefined,
  names: string | undefined,
): [NodeRecording, NodeRecording] {
  const nodes = readRecording(path);
  const [one, two] = names?.split(',') ?? [];
  if (otherPath !== undefined) {
    return [nodeRecording(nodes, one), nodeRecording(readRecording(otherPath), two ?? one)];
  }
  if (names !== undefined) return [nodeRecording(nodes, one), nodeRecording(nodes, two ?? '')];
  const first = nodeRecording(nodes, undefined);
  // The one that parts from it, if any does: that is what somebody looks for.
  const other =
    nodes.slice(1).find(({ recording }) => divergence(first.recording, recording) !== undefined) ?? nodes[1];
  if (other !== undefined) return [first, other];
  throw new CliError(`${path} has the run of ${first.node} alone.`, {
    code: 'cli/recording',
    fault: 'caller',
    hint: 'Give a second recording.',
  });
}
