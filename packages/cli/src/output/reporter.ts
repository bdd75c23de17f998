import { type KeymeshError, toKeymeshError } from '@keymesh/foundation';
import pc from 'picocolors';
import { printable } from './printable.ts';

/**
 * What a command says. Progress goes to stderr, so that stdout holds the result alone: text for a person, or with
 * `--json` exactly one JSON object, also when the command fails (`{ "error": … }`).
 */
export interface Reporter {
  readonly json: boolean;
  /** Whether a person watches: then what happens is shown while it happens. */
  readonly live: boolean;
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
  const begin = process.stderr.isTTY === true ? liveStep : plainStep;
  let current: Step | undefined;
  /** Before anything else is written: it would stand behind the spinner of a step that failed. */
  const endFailed = (): void => {
    current?.end(`${pc.red('✗')} ${current.title}`);
    current = undefined;
  };
  return {
    json: options.json,
    live: !options.json && process.stderr.isTTY === true,
    step: (title) => {
      if (options.json) return () => {};
      endFailed();
      const step = begin(title);
      current = step;
      return (outcome) => {
        step.end(`${pc.green('✓')} ${title}${outcome === undefined ? '' : `: ${outcome}`}`);
        if (current === step) current = undefined;
      };
    },
    note: (text) => {
      if (!options.json) process.stderr.write(`${text}\n`);
    },
    result: (value, text) => {
      process.stdout.write(options.json ? `${JSON.stringify(value)}\n` : text === '' ? '' : `${text}\n`);
    },
    failure: (thrown) => {
      endFailed();
      const error = toKeymeshError(thrown);
      if (options.json) process.stdout.write(`${JSON.stringify({ error: error.toJSON() })}\n`);
      else process.stderr.write(`${describeError(error, thrown)}\n`);
    },
  };
}

/** A step under way. */
interface Step {
  readonly title: string;
  /** Writes its last line, with the time it took. */
  end(line: string): void;
}

function liveStep(title: string): Step {
  const started = performance.now();
  let frame = 0;
  const draw = (): void => {
    process.stderr.write(`\r\x1b[2K${pc.cyan(SPINNER[frame++ % SPINNER.length] ?? '')} ${title}`);
  };
  draw();
  const timer = setInterval(draw, SPINNER_INTERVAL_MS);
  timer.unref();
  return {
    title,
    end: (line) => {
      clearInterval(timer);
      process.stderr.write(`\r\x1b[2K${line} ${elapsed(started)}\n`);
    },
  };
}

function plainStep(title: string): Step {
  const started = performance.now();
  return { title, end: (line) => void process.stderr.write(`${line} ${elapsed(started)}\n`) };
}

function elapsed(startedMs: number): string {
  return pc.dim(`(${((performance.now() - startedMs) / 1000).toFixed(1)} s)`);
}

/** An error for a person: what happened, what to do, and where to read more. */
export function describeError(error: KeymeshError, thrown: unknown): string {
  const lines = [`${pc.red('✗')} ${printable(error.message)}`];
  if (error.culprits.length > 0) lines.push(`  Named: ${error.culprits.map((party) => `node ${party}`).join(', ')}.`);
  if (error.hint !== undefined) lines.push(`  ${printable(error.hint)}`);
  lines.push(pc.dim(`  ${error.code}`));
  if (error.code === 'bug/unexpected' && thrown instanceof Error) lines.push(pc.dim(thrown.stack ?? String(thrown)));
  return lines.join('\n');
}
