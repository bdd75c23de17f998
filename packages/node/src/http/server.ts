import { randomBytes } from 'node:crypto';
import cors from '@fastify/cors';
import rateLimit from '@fastify/rate-limit';
import { KeymeshError, toKeymeshError } from '@keymesh/foundation';
import { httpStatusOf, parseJson, parseMessage, ROUTES, type Route, type RouteName } from '@keymesh/protocol/routes';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { NodeError } from '../errors.ts';
import { errorFields, type Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Handlers, RequestContext } from './handlers.ts';
import {
  CORS_MAX_AGE_SECONDS,
  DEFAULT_BODY_BYTES_MAX,
  KEEP_ALIVE_TIMEOUT_MS,
  REQUEST_RECEIVE_TIMEOUT_MS,
  REQUESTS_IN_FLIGHT_MAX,
} from './limits.ts';
import type { SealedExchange } from './sealed-exchange.ts';

const REQUEST_ID_HEADER = 'x-request-id';
const REQUEST_ID_BYTES = 12;

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  readonly requestsPerMinute: number;
}

export interface HttpServerModules {
  readonly handlers: Handlers;
  readonly sealedExchange: SealedExchange;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/**
 * The node's API for clients: every route of `@keymesh/protocol/routes`, and `GET /metrics`. It checks sizes, forms and
 * seals; what a request may do is for the handlers to say.
 */
export async function createHttpServer(
  options: HttpServerOptions,
  modules: HttpServerModules,
): Promise<FastifyInstance> {
  const server = fastify({
    bodyLimit: DEFAULT_BODY_BYTES_MAX,
    requestTimeout: REQUEST_RECEIVE_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: true,
    genReqId: () => randomBytes(REQUEST_ID_BYTES).toString('hex'),
    requestIdHeader: false,
  });
  // The body stays text until its route's schema reads it.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  await server.register(cors, { origin: '*', maxAge: CORS_MAX_AGE_SECONDS, exposedHeaders: [REQUEST_ID_HEADER] });
  await server.register(rateLimit, {
    max: options.requestsPerMinute,
    timeWindow: '1 minute',
    errorResponseBuilder: (_request, context) => tooManyRequests(context.ttl),
  });
  measureAndShed(server, modules);
  server.setErrorHandler((thrown, request, reply) => answerError(modules, request, reply, fromFastify(thrown)));
  server.setNotFoundHandler((request, reply) => answerError(modules, request, reply, noSuchRoute(request)));
  for (const name of Object.keys(ROUTES) as RouteName[]) addRoute(server, name, modules);
  server.get('/metrics', async (_request, reply) => {
    reply.type(modules.metrics.registry.contentType);
    return modules.metrics.registry.metrics();
  });
  return server;
}

/** Starts to listen. @throws NodeError `node/listen-failed` */
export async function listen(server: FastifyInstance, options: HttpServerOptions): Promise<string> {
  try {
    return await server.listen({ host: options.host, port: options.port });
  } catch (cause) {
    throw new NodeError(`The node cannot listen on ${options.host}:${options.port}.`, {
      code: 'node/listen-failed',
      fault: 'environment',
      hint: 'Another program may use the port: end it, or give another one under "http" in the configuration.',
      cause,
    });
  }
}

function addRoute(server: FastifyInstance, name: RouteName, modules: HttpServerModules): void {
  const route: Route = ROUTES[name];
  const handle = modules.handlers[name] as (request: unknown, context: RequestContext) => Promise<unknown>;
  server.route({
    method: route.method,
    url: route.path,
    bodyLimit: Math.max(route.bodyBytesMax, 1),
    handler: async (request, reply) => {
      const context = { requestId: request.id, logger: modules.logger.child({ requestId: request.id, route: name }) };
      if (route.sealed) return exchangeSealed(route, handle, modules, request, reply, context);
      const text = typeof request.body === 'string' ? request.body : '{}';
      const parsed = parseJson(route.request, route.method === 'GET' ? '{}' : text, `${name} request`);
      return reply.type('application/json').send(JSON.stringify(await handle(parsed, context)));
    },
  });
}

async function exchangeSealed(
  route: Route,
  handle: (request: unknown, context: RequestContext) => Promise<unknown>,
  modules: HttpServerModules,
  request: FastifyRequest,
  reply: FastifyReply,
  context: RequestContext,
): Promise<FastifyReply> {
  const opened = modules.sealedExchange.open(readJson(request));
  const seal = (value: unknown): string => modules.sealedExchange.seal(JSON.stringify(value), opened.clientPublicKey);
  try {
    const parsed = parseJson(route.request, opened.plaintext, `${route.name} request`);
    const answer = parseMessage(route.response, await handle(parsed, context), `${route.name} response`);
    return reply.type('application/json').send(seal(answer));
  } catch (thrown) {
    // From here on the client has proven to know the seal, so the reason is for its eyes only.
    const error = noteError(modules, context, thrown);
    const body = seal({ error: error.toJSON(), requestId: context.requestId });
    return reply.code(httpStatusOf(error)).type('application/json').send(body);
  }
}

/** Counts, times, names every request, and refuses what is above the load that the node can bear. */
function measureAndShed(server: FastifyInstance, { metrics }: HttpServerModules): void {
  let inFlight = 0;
  server.addHook('onRequest', async (request, reply) => {
    reply.header(REQUEST_ID_HEADER, request.id);
    inFlight += 1;
    reply.raw.once('close', () => {
      inFlight -= 1;
    });
    if (inFlight > REQUESTS_IN_FLIGHT_MAX) throw overloaded();
  });
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.requests.inc({ route, status: String(reply.statusCode) });
    metrics.requestDurationSeconds.observe({ route }, reply.elapsedTime / 1_000);
  });
}

function answerError(
  modules: HttpServerModules,
  request: FastifyRequest,
  reply: FastifyReply,
  thrown: unknown,
): FastifyReply {
  const context = { requestId: request.id, logger: modules.logger.child({ requestId: request.id }) };
  const error = noteError(modules, context, thrown);
  const body = JSON.stringify({ error: error.toJSON(), requestId: request.id });
  return reply.code(httpStatusOf(error)).type('application/json').send(body);
}

/** Logs a refusal by whose fault it is: callers' mistakes are routine, ours are errors. */
function noteError(modules: HttpServerModules, context: RequestContext, thrown: unknown): KeymeshError {
  const error = toKeymeshError(thrown);
  modules.metrics.refusals.inc({ code: error.code });
  const level = error.fault === 'bug' ? 'error' : error.fault === 'environment' ? 'warn' : 'info';
  context.logger[level]('request.refused', errorFields(thrown));
  return error;
}

function readJson(request: FastifyRequest): unknown {
  try {
    return JSON.parse(String(request.body));
  } catch {
    throw badBody('it is not JSON');
  }
}

/** Fastify's own errors in our words. */
function fromFastify(thrown: unknown): unknown {
  if (thrown instanceof KeymeshError) return thrown;
  const code = (thrown as { code?: unknown }).code;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new NodeError('The request body is longer than its route allows.', {
      code: 'wire/too-large',
      fault: 'caller',
      hint: 'docs/limits.md lists the limits; a long message can be signed by its hash.',
    });
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return badBody('its content type is not application/json');
  if (typeof code === 'string' && code.startsWith('FST_ERR_CTP_')) return badBody('it is incomplete or empty');
  return thrown;
}

function noSuchRoute(request: FastifyRequest): NodeError {
  const path = request.url.split('?')[0] ?? '';
  const other = Object.values(ROUTES).find((route) => route.path === path);
  if (other !== undefined) {
    return new NodeError(`${path} answers to ${other.method} only.`, {
      code: 'wire/method-not-allowed',
      fault: 'caller',
      hint: `Send a ${other.method} request.`,
    });
  }
  return new NodeError('The node has no such route.', {
    code: 'wire/unknown-route',
    fault: 'caller',
    hint: `Its routes are ${Object.values(ROUTES)
      .map((route) => route.path)
      .join(', ')} and /metrics.`,
  });
}

function badBody(reason: string): NodeError {
  return new NodeError(`The request body cannot be used: ${reason}.`, {
    code: 'wire/bad-body',
    fault: 'caller',
    hint: 'Send JSON with content-type: application/json.',
  });
}

function overloaded(): NodeError {
  return new NodeError(`The node is working on ${REQUESTS_IN_FLIGHT_MAX} requests and takes no more now.`, {
    code: 'node/overloaded',
    fault: 'environment',
    hint: 'Send the request again in a moment.',
  });
}

function tooManyRequests(retryMs: number): NodeError {
  return new NodeError('This address sends too many requests.', {
    code: 'wire/too-many-requests',
    fault: 'caller',
    hint: `Wait ${Math.ceil(retryMs / 1_000)} s.`,
  });
}
