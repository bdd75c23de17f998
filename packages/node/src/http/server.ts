import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import cors from '@fastify/cors';
import { ROUTES, type RouteName } from '@keymesh/protocol/routes';
import fastify, { type FastifyInstance } from 'fastify';
import { NodeError } from '../errors.ts';
import { addAdmission } from './admission.ts';
import { answerError, answerUnparsed } from './answer-error.ts';
import { limitConnections } from './connections.ts';
import {
  CORS_MAX_AGE_SECONDS,
  DEFAULT_BODY_BYTES_MAX,
  HEADERS_RECEIVE_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
  REQUEST_RECEIVE_TIMEOUT_MS,
  STOP_CHECK_INTERVAL_MS,
  STOP_GRACE_MS,
  TIMEOUT_CHECK_INTERVAL_MS,
} from './limits.ts';
import { fromFastify, noSuchRoute } from './refusals.ts';
import { addRoute, type RouteModules } from './route-handler.ts';

/** Answers carry it, and browsers may read it: the id under which the node's log has the request. */
export const REQUEST_ID_HEADER = 'x-request-id';
const REQUEST_ID_BYTES = 12;

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  /** Of one client address. */
  readonly requestsPerMinute: number;
  /** Addresses, or networks as `address/prefix`, of proxies whose `x-forwarded-for` is believed. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Milliseconds; tests wait for less. */
  readonly timeouts?: { readonly headersMs: number; readonly requestMs: number; readonly checkMs: number };
}

const TIMEOUTS = {
  headersMs: HEADERS_RECEIVE_TIMEOUT_MS,
  requestMs: REQUEST_RECEIVE_TIMEOUT_MS,
  checkMs: TIMEOUT_CHECK_INTERVAL_MS,
};

export type HttpServerModules = Omit<RouteModules, 'admission'>;

/**
 * The node's API for clients: every route of `@keymesh/protocol/routes`, and `GET /metrics`. It checks rates, sizes,
 * forms and seals; what a request may do is for the handlers to say.
 */
export async function createHttpServer(
  options: HttpServerOptions,
  modules: HttpServerModules,
): Promise<FastifyInstance> {
  const { metrics } = modules;
  const { trustedProxies: proxies = [], timeouts = TIMEOUTS } = options;
  const server = fastify({
    bodyLimit: DEFAULT_BODY_BYTES_MAX,
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    http: { headersTimeout: timeouts.headersMs, connectionsCheckingInterval: timeouts.checkMs },
    genReqId: () => randomBytes(REQUEST_ID_BYTES).toString('hex'),
    requestIdHeader: false,
    trustProxy: proxies.length === 0 ? false : [...proxies],
    clientErrorHandler: (error, socket) => answerUnparsed(modules, error, socket),
    // For a path that is no URL no hook runs, so the id and the permission for pages are put here.
    frameworkErrors: (error, request, reply) => {
      reply.header(REQUEST_ID_HEADER, request.id).header('access-control-allow-origin', '*');
      answerError(modules, request, reply, fromFastify(error));
    },
  });
  limitConnections(server.server, blockListOf(proxies));
  // The body stays text until its route's schema reads it.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  trackAnswers(server);
  server.addHook('onRequest', async (request, reply) => {
    reply.header(REQUEST_ID_HEADER, request.id);
  });
  const exposedHeaders = [REQUEST_ID_HEADER, 'retry-after'];
  await server.register(cors, { origin: '*', maxAge: CORS_MAX_AGE_SECONDS, exposedHeaders });
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.requests.inc({ route, status: String(reply.statusCode) });
    metrics.requestDurationSeconds.observe({ route }, reply.elapsedTime / 1_000);
  });
  const admission = await addAdmission(server, options);
  server.setErrorHandler(async (thrown, request, reply) => {
    const error = answerError(modules, request, reply, fromFastify(thrown));
    await admission.noteRefusal(request, error);
    return reply;
  });
  server.setNotFoundHandler(async (request) => {
    throw noSuchRoute(request.url);
  });
  for (const name of Object.keys(ROUTES) as RouteName[]) addRoute(server, name, { ...modules, admission });
  server.get('/metrics', async (_request, reply) => {
    reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
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

/**
 * Takes no more requests, lets those under way end, and cuts off what has not ended after the grace.
 * @param graceMs milliseconds.
 */
export async function stopHttpServer(server: FastifyInstance, graceMs: number = STOP_GRACE_MS): Promise<void> {
  const graceEnds = performance.now() + graceMs;
  // Connections that are kept alive, or that never sent anything, would keep the server from closing.
  const cutting = setInterval(() => {
    if (openAnswers.get(server)?.size === 0 || performance.now() >= graceEnds) server.server.closeAllConnections();
  }, STOP_CHECK_INTERVAL_MS);
  try {
    await server.close();
  } finally {
    clearInterval(cutting);
  }
}

/** Answers of each server that are not out yet. */
const openAnswers = new WeakMap<FastifyInstance, Set<ServerResponse>>();

function trackAnswers(server: FastifyInstance): void {
  const open = new Set<ServerResponse>();
  openAnswers.set(server, open);
  server.addHook('onRequest', async (_request, { raw }) => {
    open.add(raw);
    raw.once('close', () => open.delete(raw));
  });
}

function blockListOf(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = '', prefix] = proxy.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
