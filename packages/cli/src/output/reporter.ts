import { type KeymeshError, toKeymeshError } from '@keymesh/foundation';
import pc from 'picocolors';

/**
 * What a command says. Progress goes to stderr, so that stdout holds the result alone: text for a person, or with
 * `--json` exactly one JSON object, also when the command fails (`{ "error": … }`).
 */
export interface Reporter {
  readonly json: boolean;
  /** Begins a step that takes time; the returned function ends it, with what came of it. */
  step(title: string): (outcome?: string) => void;
  /** A line of explanation for a person; silent with `--json`. */
  note(text: string): void;
  /** The command's result. Called once. */
  result(value: Readonly<Record<string, unknown>>, text: string): void;
  /** The command's failure. */
  failure(thrown: unknown): void;
}

/** Milliseconds between two frames of the spinner. */
const SPINNER_INTERVAL_MS = 90;
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

export function createReporter(options: { readonly json: boolean }): Reporter {
  const live = process.stderr.isTTY === true && !options.json;
  return {
    json: options.json,
    step: (title) => (options.json ? () => {} : live ? liveStep(title) : plainStep(title)),
    note: (text) => {
      if (!options.json) process.stderr.write(`${text}\n`);
    },
    result: (value, text) => {
      process.stdout.write(options.json ? `${JSON.stringify(value)}\n` : text === '' ? '' : `${text}\n`);
    },
    failure: (thrown) => {
      const error = toKeymeshError(thrown);
      if (options.json) process.stdout.write(`${JSON.stringify({ error: error.toJSON() })}\n`);
      else process.stderr.write(`${describeError(error, thrown)}\n`);
    },
  };
}

function liveStep(title: string): (outcome?: string) => void {
  const started = performance.now();
  let frame = 0;
  const draw = (): void => {
    process.stderr.write(`\r\x1b[2K${pc.cyan(SPINNER[frame++ % SPINNER.length] ?? '')} ${title}`);
  };
  draw();
  const timer = setInterval(draw, SPINNER_INTERVAL_MS);
  timer.unref();
  return (outcome) => {
    clearInterval(timer);
    process.stderr.write(`\r\x1b[2K${stepLine(title, outcome, started)}\n`);
  };
}

function plainStep(title: string): (outcome?: string) => void {
  const started = performance.now();
  return (outcome) => {
    process.stderr.write(`${stepLine(title, outcome, started)}\n`);
  };
}

function stepLine(title: string, outcome: string | undefined, startedMs: number): string {
  const seconds = `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
  return `${pc.green('✓')} ${title}${outcome === undefined ? '' : `: ${outcome}`} ${pc.dim(`(${seconds})`)}`;
}

/** An error for a person: what happened, what to do, and where to read more. */
export function describeError(error: KeymeshError, thrown: unknown): string {
  const lines = [`${pc.red('✗')} ${error.message}`];
  if (error.culprits.length > 0) lines.push(`  Named: ${error.culprits.map((party) => `node ${party}`).join(', ')}.`);
  if (error.hint !== undefined) lines.push(`  ${error.hint}`);
  lines.push(pc.dim(`  ${error.code}`));
  if (error.code === 'bug/unexpected' && thrown instanceof Error) lines.push(pc.dim(thrown.stack ?? String(thrown)));
  return lines.join('\n');
}
