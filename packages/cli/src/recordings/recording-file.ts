import { type Recording, recordingSchema } from '@keymesh/actions';
import type { NodeRun } from '@keymesh/sdk';
import * as v from 'valibot';
import { readJson, writeOutput } from '../commands/files.ts';
import { CliError } from '../errors.ts';

/** One node's run in a recording. */
export interface NodeRecording {
  /** As the network's file names it. */
  readonly node: string;
  readonly recording: Recording;
}

const fileSchema = v.strictObject({
  version: v.literal(1),
  nodes: v.pipe(v.array(v.strictObject({ node: v.string(), recording: recordingSchema })), v.minLength(1)),
});

/**
 * Writes what nodes wrote down; only its owner may read it. What nodes say is checked here: it is fed to a sandbox later.
 * @returns names of the nodes whose runs are in it. @throws CliError `cli/recording`, `cli/file`.
 */
export function writeRecording(path: string, nodes: readonly NodeRun[], nameOf: (run: NodeRun) => string): string[] {
  const kept = nodes.flatMap((run) =>
    run.recording === undefined ? [] : [{ node: nameOf(run), recording: run.recording }],
  );
  const file = v.safeParse(fileSchema, { version: 1, nodes: kept });
  if (!file.success) throw unusable('The nodes gave no recording of this run.', 'It may be longer than a node keeps.');
  writeOutput(path, `${JSON.stringify(file.output, undefined, 1)}\n`);
  return kept.map(({ node }) => node);
}

/** @throws CliError `cli/recording`, `cli/file`. */
export function readRecording(path: string): readonly NodeRecording[] {
  const file = v.safeParse(fileSchema, readJson(path));
  if (file.success) return file.output.nodes;
  throw unusable(`${path} is no recording.`, 'Make one with `keymesh action run --record <file>`.');
}

/** One node's run; of the first node unless another is named. @throws CliError `cli/recording` */
export function nodeRecording(nodes: readonly NodeRecording[], name: string | undefined): NodeRecording {
  const found = name === undefined ? nodes[0] : nodes.find(({ node }) => node === name);
  if (found !== undefined) return found;
  throw unusable(`The recording has no node ${name}.`, `It has ${nodes.map(({ node }) => node).join(', ')}.`);
}

function unusable(message: string, hint: string): CliError {
  return new CliError(message, { code: 'cli/recording', fault: 'caller', hint });
}
