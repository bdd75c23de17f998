import { toHex } from '@keymesh/foundation';
import type { EpochEvent } from '../epochs/events.ts';
import { errorFields, type Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';

/** Writes what happens in the epoch logic to the log and counts it. */
export function createEpochObserver(logger: Logger, metrics: Metrics): (event: EpochEvent) => void {
  return (event) => {
    switch (event.kind) {
      case 'attempt-joined':
        metrics.keyGenerationAttempts.inc({ outcome: 'joined' });
        break;
      case 'run-done':
        metrics.keyGenerationAttempts.inc({ outcome: 'done' });
        break;
      case 'run-failed':
        metrics.keyGenerationAttempts.inc({ outcome: 'failed' });
        break;
      case 'epoch-active':
        metrics.epoch.set(event.epoch);
        break;
    }
    logger[levelOf(event)](`epoch.${event.kind}`, fieldsOf(event));
  };
}

function levelOf(event: EpochEvent): 'debug' | 'info' | 'warn' | 'error' {
  switch (event.kind) {
    case 'round':
    case 'snapshot-stale':
      return 'debug';
    case 'stalled':
    case 'message-refused':
    case 'equivocation':
    case 'run-failed':
    case 'retry-wanted':
    case 'effect-failed':
      return 'warn';
    case 'shares-missing':
      return 'error';
    default:
      return 'info';
  }
}

function fieldsOf(event: EpochEvent): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(event)) {
    if (name === 'kind') continue;
    if (name === 'error') Object.assign(fields, errorFields(value));
    else
      fields[name] = value instanceof Uint8Array ? toHex(value) : typeof value === 'bigint' ? value.toString() : value;
  }
  return fields;
}
