import { CliError } from '../errors.ts';

/** What a shell expects of a command that Ctrl-C ended: 128 + SIGINT. */
export const EXIT_CODE_INTERRUPTED = 130;

/** Ctrl-C and SIGTERM as a signal to end in order; a second Ctrl-C ends the process at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const interrupted = (): void => {
    process.once('SIGINT', () => process.exit(EXIT_CODE_INTERRUPTED));
    controller.abort(
      new CliError('Interrupted.', {
        code: 'cli/interrupted',
        fault: 'caller',
        hint: 'What had been started was ended; the same command continues where it left off.',
      }),
    );
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  return controller.signal;
}

/** Resolves when the signal fires. */
export function untilInterrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    // A pending promise does not keep Node running; a timer does.
    const alive = setInterval(() => {}, 1 << 30);
    signal.addEventListener('abort', () => {
      clearInterval(alive);
      resolve();
    });
  });
}
