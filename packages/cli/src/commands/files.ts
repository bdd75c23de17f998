import { readFileSync, writeFileSync } from 'node:fs';
import { CliError } from '../errors.ts';

/** Standard input as a file name. */
const STDIN = 0;

/** A file's bytes, or standard input's if no path or `-` is given. @throws CliError `cli/file` */
export function readInput(path: string | undefined): Uint8Array {
  const from = path === undefined || path === '-' ? STDIN : path;
  try {
    return readFileSync(from);
  } catch (cause) {
    throw new CliError(from === STDIN ? 'Standard input cannot be read.' : `${from} cannot be read.`, {
      code: 'cli/file',
      fault: 'caller',
      hint: 'Check the path and its permissions.',
      cause,
    });
  }
}

/** Writes a file that only its owner may read. @throws CliError `cli/file` */
export function writeOutput(path: string, bytes: Uint8Array | string): void {
  try {
    writeFileSync(path, bytes, { mode: 0o600 });
  } catch (cause) {
    throw new CliError(`${path} cannot be written.`, {
      code: 'cli/file',
      fault: 'caller',
      hint: 'Check the path and its permissions.',
      cause,
    });
  }
}

/** A file's content as JSON. @throws CliError `cli/file` */
export function readJson(path: string | undefined): unknown {
  const text = new TextDecoder().decode(readInput(path));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CliError(`${path === undefined || path === '-' ? 'Standard input' : path} is not JSON.`, {
      code: 'cli/file',
      fault: 'caller',
      hint: 'The file must hold one JSON value.',
      cause,
    });
  }
}
