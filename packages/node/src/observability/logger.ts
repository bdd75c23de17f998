import { toKeymeshError } from '@keymesh/foundation';
import { pino } from 'pino';

/** Public facts only: identifiers, counts, codes. A secret has no business in a field, and `SecretBytes` prints redacted. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured logging: an event name in the field's words (`request.refused`), and fields. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** A logger that adds the fields to each line, e.g. `{ requestId }`. */
  child(fields: LogFields): Logger;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Where lines go: stdout, or a test. */
export interface LogDestination {
  write(line: string): void;
}

/** One JSON object a line. */
export function createLogger(
  options: { readonly name: string; readonly level: LogLevel },
  destination: LogDestination = pino.destination(1),
): Logger {
  return adapt(
    pino(
      {
        name: options.name,
        level: options.level,
        messageKey: 'event',
        formatters: { level: (label) => ({ level: label }) },
        timestamp: pino.stdTimeFunctions.isoTime,
      },
      destination,
    ),
  );
}

interface PinoLike {
  debug(fields: LogFields, event: string): void;
  info(fields: LogFields, event: string): void;
  warn(fields: LogFields, event: string): void;
  error(fields: LogFields, event: string): void;
  child(fields: LogFields): PinoLike;
}

function adapt(target: PinoLike): Logger {
  return {
    debug: (event, fields) => target.debug(fields ?? {}, event),
    info: (event, fields) => target.info(fields ?? {}, event),
    warn: (event, fields) => target.warn(fields ?? {}, event),
    error: (event, fields) => target.error(fields ?? {}, event),
    child: (fields) => adapt(target.child(fields)),
  };
}

/**
 * An error as log fields. A foreign error's message may quote anything, also a secret that was given to a library, so
 * of such an error only the class and the places in the code are kept.
 */
export function errorFields(thrown: unknown): LogFields {
  const error = toKeymeshError(thrown);
  const foreign = error.cause ?? (error === thrown ? undefined : thrown);
  return {
    error: error.toJSON(),
    ...(foreign instanceof Error ? { cause: foreign.name, causeFrames: framesOf(foreign) } : {}),
  };
}

const CAUSE_FRAMES_MAX = 8;

/** The places in the code without the message before them, whose lines may look like places. */
function framesOf(error: Error): readonly string[] {
  const stack = error.stack ?? '';
  const messageAt = stack.indexOf(error.message);
  // A stack that does not begin with the message was put together by somebody else.
  if (messageAt < 0) return [];
  const lines = stack.slice(messageAt + error.message.length).split('\n');
  return lines
    .map((line) => line.trim())
    .filter((line) => /^at .*:\d+:\d+\)?$/.test(line))
    .slice(0, CAUSE_FRAMES_MAX);
}
