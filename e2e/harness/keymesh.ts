import { spawn } from 'node:child_process';
import { join } from 'node:path';

const BINARY = join(import.meta.dirname, '../../packages/cli/bin/keymesh.mjs');

/** The longest that any command may take: `up` waits for keys for so long. Milliseconds. */
const COMMAND_TIMEOUT_MS = 200_000;

export interface CommandOptions {
  /** Standard input; closed at once if it is not given. */
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly timeoutMs?: number;
}

export interface CommandResult {
  /** -1 if a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  /** The same as bytes. */
  readonly stdoutBytes: Uint8Array;
  readonly stderr: string;
  /** Milliseconds. */
  readonly elapsedMs: number;
}

/** The error object that a command prints with `--json`. */
export interface CommandError {
  readonly code: string;
  readonly fault: string;
  readonly message: string;
  readonly hint?: string;
  readonly culprits?: readonly number[];
  readonly details?: Readonly<Record<string, unknown>>;
}

// biome-ignore lint/suspicious/noExplicitAny: what a command printed; each test looks at its own fields.
export type Printed = any;

/** The environment of commands: nothing of the caller's may decide whose wallet is used or how things look. */
function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { KEYMESH_PRIVATE_KEY: _, FORCE_COLOR: __, ...rest } = process.env;
  return { ...rest, NO_COLOR: '1', ...extra };
}

/** Starts the real command as a process of its own. */
export function startKeymesh(args: readonly string[], options: CommandOptions = {}) {
  return spawn(process.execPath, [BINARY, ...args], {
    env: environment(options.env),
    stdio: 'pipe',
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
}

/** Runs the real command to its end. */
export function runKeymesh(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const started = performance.now();
  const child = startKeymesh(args, options);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  // A command that does not read its input may be gone before it is written.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? COMMAND_TIMEOUT_MS);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      const bytes = Buffer.concat(stdout);
      resolve({
        code: code ?? -1,
        stdout: bytes.toString('utf8'),
        stdoutBytes: bytes,
        stderr: Buffer.concat(stderr).toString('utf8'),
        elapsedMs: performance.now() - started,
      });
    });
  });
}

/**
 * Runs a command with `--json` and reads the one JSON object that it must print, whatever happens.
 * @throws if stdout is anything but one JSON object on one line.
 */
export async function runJson(
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult & { readonly value: Printed }> {
  const result = await runKeymesh([...args, '--json'], options);
  const lines = result.stdout.split('\n');
  let value: unknown;
  try {
    value = JSON.parse(lines[0] ?? '');
  } catch {
    value = undefined;
  }
  if (lines.length !== 2 || lines[1] !== '' || typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(
      `keymesh ${args.join(' ')} must print one JSON object, and printed:\n${result.stdout}${result.stderr}`,
    );
  }
  return { ...result, value };
}

/** Runs a command that must succeed; returns what it printed. */
export async function keymesh(args: readonly string[], options: CommandOptions = {}): Promise<Printed> {
  const { code, value, stderr } = await runJson(args, options);
  if (code !== 0) throw new Error(`keymesh ${args.join(' ')} failed (${code}): ${JSON.stringify(value)}\n${stderr}`);
  return value;
}

/** Runs a command that must fail; returns its error and exit code. */
export async function keymeshFailure(
  args: readonly string[],
  options: CommandOptions = {},
): Promise<{ readonly exitCode: number; readonly error: CommandError; readonly elapsedMs: number }> {
  const { code, value, elapsedMs } = await runJson(args, options);
  if (code === 0) throw new Error(`keymesh ${args.join(' ')} must fail, and printed ${JSON.stringify(value)}`);
  return { exitCode: code, error: value.error as CommandError, elapsedMs };
}
