import { type ErrorOptions, KeymeshError } from '@keymesh/foundation';

/** Every code that the command adds to those of the SDK. */
export type CliErrorCode =
  /** An option or argument is missing or of the wrong form. */
  | 'cli/usage'
  /** No local network was found in the directory. */
  | 'cli/no-network'
  /** A local network is already running from the directory. */
  | 'cli/already-running'
  /** A port that the network was created with is in use by another program. */
  | 'cli/port-in-use'
  /** A process of the network ended or did not become ready. */
  | 'cli/process-failed'
  /** The network's keys did not exist after the time allowed. */
  | 'cli/start-timeout'
  /** Ctrl-C came before the command was done. */
  | 'cli/interrupted'
  /** A file cannot be read or written. */
  | 'cli/file'
  /** A recording of a run is none, or has not what was asked for. */
  | 'cli/recording'
  /** A run that was repeated went another way than the one that was recorded. */
  | 'cli/replay-differs'
  /** A debugger cannot connect. */
  | 'cli/debugger'
  /** A program that runs on its author's machine alone asked for something that only a network has. */
  | 'cli/needs-network'
  /** A program that ran on this machine did not end well. */
  | 'cli/action-failed'
  /** An action, or something that it imports, is not right. */
  | 'cli/bundle';

/** An error of the command line. */
export class CliError extends KeymeshError {
  declare readonly code: CliErrorCode;
  constructor(message: string, options: ErrorOptions & { readonly code: CliErrorCode }) {
    super(message, options);
  }
}
