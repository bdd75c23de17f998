import { cidOf } from '@keymesh/sdk';
import { type BuildFailure, build, type Message } from 'esbuild';
import { CliError } from '../errors.ts';
import type { Reporter } from '../output/reporter.ts';
import { writeOutput } from './files.ts';

/** `keymesh action bundle`: TypeScript and npm imports in, one script out, as nodes run it. */
export async function bundleAction(entry: string, options: { readonly out: string }, report: Reporter): Promise<void> {
  const text = await bundle(entry);
  writeOutput(options.out, text);
  const value = { cid: cidOf(text), file: options.out, bytes: new TextEncoder().encode(text).length };
  report.result(value, `${value.cid}  ${value.file}  ${value.bytes} bytes`);
}

/**
 * A module with everything that it imports, as a classic script: the same text, and so the same CID, each time.
 * @throws CliError `cli/bundle` with the first places that are wrong.
 */
export async function bundle(entry: string): Promise<string> {
  try {
    const { outputFiles } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      // An action has the web's globals and no modules of Node.
      platform: 'browser',
      format: 'iife',
      target: 'es2024',
      charset: 'utf8',
      legalComments: 'none',
      logLevel: 'silent',
    });
    return outputFiles[0]?.text ?? '';
  } catch (cause) {
    const errors = (cause as Partial<BuildFailure>).errors ?? [];
    throw new CliError(`${entry} cannot be bundled: ${errors.slice(0, 3).map(describe).join('; ')}.`, {
      code: 'cli/bundle',
      fault: 'caller',
      hint: 'Actions have no top-level await: begin with an async function. They have no modules of Node either.',
      cause,
    });
  }
}

function describe({ text, location }: Message): string {
  return location === null ? text : `${text} (${location.file}:${location.line}:${location.column + 1})`;
}
