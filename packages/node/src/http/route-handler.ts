import { httpStatusOf, parseJson, ROUTES, type Route, type RouteName } from '@keymesh/protocol/routes';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Admission } from './admission.ts';
import { noteError } from './answer-error.ts';
import type { Handlers, RequestContext } from './handlers.ts';
import { badBody } from './refusals.ts';
import { requestHeaders } from './request-headers.ts';
import type { SealedExchange } from './sealed-exchange.ts';
import { SealedStream } from './sealed-stream.ts';

export interface RouteModules {
  readonly handlers: Handlers;
  readonly sealedExchange: SealedExchange;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly admission: Admission;
}

type Handle = (request: unknown, context: RequestContext) => Promise<unknown>;

/** Serves a route of the protocol by its handler. */
export function addRoute(server: FastifyInstance, name: RouteName, modules: RouteModules): void {
  const route: Route = ROUTES[name];
  const handle = modules.handlers[name] as Handle;
  const answer = route.sealed ? answerSealed : answerOpenly;
  server.route({
    method: route.method,
    url: route.path,
    bodyLimit: Math.max(route.bodyBytesMax, 1),
    handler: (request, reply) => {
      const logger = modules.logger.child({ requestId: request.id, route: name });
      const headers = () => requestHeaders(request.headers);
      const context = { requestId: request.id, logger, headers, progress: () => {} };
      const run = () => answer(route, handle, modules, request, reply, context);
      return modules.admission.placeOf(request)?.work(run) ?? run();
    },
  });
}

async function answerOpenly(
  route: Route,
  handle: Handle,
  _modules: RouteModules,
  request: FastifyRequest,
  reply: FastifyReply,
  context: RequestContext,
): Promise<FastifyReply> {
  const text = route.method === 'GET' ? '{}' : String(request.body);
  const parsed = parseJson(route.request, text, `${route.name} request`);
  return reply.type('application/json').send(JSON.stringify(await handle(parsed, context)));
}

async function answerSealed(
  route: Route,
  handle: Handle,
  modules: RouteModules,
  request: FastifyRequest,
  reply: FastifyReply,
  context: RequestContext,
): Promise<FastifyReply> {
  const opened = modules.sealedExchange.open(readJson(request));
  const seal = (plaintext: string): string => modules.sealedExchange.seal(plaintext, opened.clientPublicKey);
  const stream = new SealedStream(reply, seal);
  const progress = (value: unknown): void => stream.progress(value);
  try {
    const parsed = parseJson(route.request, opened.plaintext, `${route.name} request`);
    return stream.end('answer', await handle(parsed, { ...context, progress }), 200);
  } catch (thrown) {
    // From here on the client has proven to know the seal, so the reason is for its eyes only.
    const error = noteError(modules, context, thrown, true);
    await modules.admission.noteRefusal(request, error);
    const body = { error: error.toJSON(), requestId: context.requestId };
    return stream.end('error', body, httpStatusOf(error));
  }
}

function readJson(request: FastifyRequest): unknown {
  try {
    return JSON.parse(String(request.body));
  } catch {
    throw badBody('it is not JSON');
  }
}
