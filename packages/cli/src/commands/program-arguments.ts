import { cidOf } from '@keymesh/sdk';
import { CliError } from '../errors.ts';
import { readInput, readJson } from './files.ts';

/** Whether a word names a program by its CID, and no file. */
export function looksLikeCid(text: string): boolean {
  return /^(?:Qm[1-9A-HJ-NP-Za-km-z]{44}|baf[a-z2-7]{56})$/.test(text);
}

/** The text of a program in a file. @throws CliError `cli/file`. */
export function programText(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readInput(path));
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw new CliError(`${path} is not UTF-8 text.`, {
      code: 'cli/file',
      fault: 'caller',
      hint: 'An action is a JavaScript file.',
      cause,
    });
  }
}

/** The CID of a program that is given by its file or by its CID. */
export function programCid(program: string): string {
  return looksLikeCid(program) ? program : cidOf(programText(program));
}

/** What `--params` says: a file, or the object itself. @throws CliError `cli/usage`, `cli/file`. */
export function programParams(path: string | undefined): Readonly<Record<string, unknown>> {
  if (path === undefined) return {};
  const value = path.trimStart().startsWith('{') ? parse(path) : readJson(path);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw notParams();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notParams();
  }
}

function notParams(): CliError {
  return new CliError('The parameters are no JSON object.', {
    code: 'cli/usage',
    fault: 'caller',
    hint: 'Give --params a file, or an object such as \'{"city":"Bern"}\'.',
  });
}
