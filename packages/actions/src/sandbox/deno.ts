import { createRequire } from 'node:module';
import { ActionError } from '../errors.ts';

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@deno/linux-x64-glibc',
  'linux-arm64': '@deno/linux-arm64-glibc',
  'darwin-x64': '@deno/darwin-x64',
  'darwin-arm64': '@deno/darwin-arm64',
};

/**
 * The Deno that `npm ci` brought: one package for each platform, as optional dependencies, so that nothing is downloaded
 * by an install script.
 * @throws ActionError `actions/sandbox-failed` on a platform without one.
 */
export function findDeno(): string {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  try {
    return createRequire(import.meta.url).resolve(`${name}/deno`);
  } catch (cause) {
    throw new ActionError(`There is no Deno for ${process.platform} on ${process.arch}.`, {
      code: 'actions/sandbox-failed',
      fault: 'environment',
      hint: 'Run `npm ci` with optional dependencies, on Linux (glibc) or macOS with x64 or arm64.',
      cause,
    });
  }
}

/** Everything is denied, nothing is fetched, and the heap ends. */
export function denoArguments(guestFile: string, heapMiBMax: number): string[] {
  return [
    ...['run', '--quiet', '--no-prompt', '--no-remote', '--no-npm', '--no-config', '--no-lock', '--cached-only'],
    ...['--no-code-cache', '--deny-read', '--deny-write', '--deny-net', '--deny-env', '--deny-run', '--deny-ffi'],
    ...['--deny-sys', '--deny-import'],
    `--v8-flags=--max-heap-size=${heapMiBMax},--stack-size=900,--disallow-code-generation-from-strings`,
    guestFile,
  ];
}
