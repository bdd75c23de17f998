import type { Socket } from 'node:net';
import { type KeymeshError, toKeymeshError } from '@keymesh/foundation';
import { httpStatusOf } from '@keymesh/protocol/routes';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorFields, type Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { RequestContext } from './handlers.ts';
import { badHttp } from './refusals.ts';

interface ErrorModules {
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Refusals that cost the node nothing, and that a client repeats, must not fill its disk either. */
const QUIET_CODES: ReadonlySet<string> = new Set(['wire/too-many-requests', 'node/overloaded', 'node/not-ready']);

/**
 * Counts a refusal and logs it by whose fault it is: callers' mistakes are routine, ours are errors.
 * @param sealed whether the reason is between the client and the node: of a caller's mistake only the code is logged,
 *   because a reason may quote the request.
 */
export function noteError(
  { metrics }: Pick<ErrorModules, 'metrics'>,
  context: Pick<RequestContext, 'logger'>,
  thrown: unknown,
  sealed: boolean,
): KeymeshError {
  const error = toKeymeshError(thrown);
  metrics.refusals.inc({ code: error.code });
  const fields =
    sealed && error.fault === 'caller' ? { error: { code: error.code, fault: error.fault } } : errorFields(thrown);
  context.logger[levelOf(error)]('request.refused', fields);
  return error;
}

/** Answers with an error that is not sealed: the request was not opened, or its route is not sealed. */
export function answerError(
  modules: ErrorModules,
  request: FastifyRequest,
  reply: FastifyReply,
  thrown: unknown,
): KeymeshError {
  const context = { logger: modules.logger.child({ requestId: request.id }) };
  const error = noteError(modules, context, thrown, false);
  const body = JSON.stringify({ error: error.toJSON(), requestId: request.id });
  void reply.code(httpStatusOf(error)).type('application/json').send(body);
  return error;
}

const STATUS_TEXT: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/** Answers bytes that are no request: there is neither a request nor a reply, only a socket. */
export function answerUnparsed(modules: ErrorModules, thrown: Error & { code?: string }, socket: Socket): void {
  const { status, error } = unparsed(thrown.code);
  modules.metrics.refusals.inc({ code: error.code });
  modules.logger.debug('request.refused', errorFields(error));
  if (thrown.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify({ error: error.toJSON(), requestId: '' });
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_TEXT[status]}\r\ncontent-type: application/json\r\naccess-control-allow-origin: *\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function unparsed(code: string | undefined): { readonly status: number; readonly error: KeymeshError } {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { status: 408, error: badHttp('it took too long to arrive') };
  if (code === 'HPE_HEADER_OVERFLOW') return { status: 431, error: badHttp('its headers are too long') };
  return { status: 400, error: badHttp('it cannot be parsed') };
}

function levelOf(error: KeymeshError): 'debug' | 'info' | 'warn' | 'error' {
  if (QUIET_CODES.has(error.code)) return 'debug';
  return error.fault === 'bug' ? 'error' : error.fault === 'environment' ? 'warn' : 'info';
}
