import type { RequestContext } from '../../src/http/handlers.ts';
import { createLogger } from '../../src/observability/logger.ts';

/** A context whose log lines a test can read. */
export function contextWithLog(): { readonly context: RequestContext; readonly lines: string[] } {
  const lines: string[] = [];
  const logger = createLogger({ name: 'test', level: 'debug' }, { write: (line) => lines.push(line) });
  return { context: { requestId: 'server-id', logger, headers: () => [], progress: () => {} }, lines };
}
