import rateLimit from '@fastify/rate-limit';
import type { KeymeshError } from '@keymesh/foundation';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { InFlight, type Place } from './in-flight.ts';
import {
  ADDRESSES_REMEMBERED_MAX,
  BODIES_IN_FLIGHT_BYTES_MAX,
  BODIES_IN_FLIGHT_PER_ADDRESS_BYTES_MAX,
  RATE_WINDOW_MS,
  REFUSED_SHARE_DIVISOR,
  REQUESTS_IN_FLIGHT_MAX,
  REQUESTS_IN_FLIGHT_PER_ADDRESS_MAX,
} from './limits.ts';
import { overloaded, tooManyRequests } from './refusals.ts';

/** Decides which requests are worth reading at all. */
export interface Admission {
  /** Where the request stands among those in hand; requests without a body need no place. */
  placeOf(request: FastifyRequest): Place | undefined;
  /** An address whose requests are refused for its own fault may send fewer of them. */
  noteRefusal(request: FastifyRequest, error: KeymeshError): Promise<void>;
}

type Rate = ReturnType<FastifyInstance['createRateLimit']>;

/**
 * Refuses, before a body is read, what is above the rate of its address or the load that the node can bear. Cheapest
 * first. The bounds of one address are well below those of the node, so that one client keeps out nobody else.
 *
 * Addresses are those of the connections; behind a proxy that the operator trusts, those that the proxy names.
 */
export async function addAdmission(
  server: FastifyInstance,
  options: { readonly requestsPerMinute: number },
): Promise<Admission> {
  await server.register(rateLimit, { global: false });
  const window = { timeWindow: RATE_WINDOW_MS, cache: ADDRESSES_REMEMBERED_MAX };
  const rate = server.createRateLimit({ ...window, max: options.requestsPerMinute });
  const refusedMax = Math.ceil(options.requestsPerMinute / REFUSED_SHARE_DIVISOR);
  const refused = server.createRateLimit({ ...window, max: refusedMax });
  const inFlight = new InFlight({
    requestsMax: REQUESTS_IN_FLIGHT_MAX,
    requestsPerAddressMax: REQUESTS_IN_FLIGHT_PER_ADDRESS_MAX,
    bytesMax: BODIES_IN_FLIGHT_BYTES_MAX,
    bytesPerAddressMax: BODIES_IN_FLIGHT_PER_ADDRESS_BYTES_MAX,
  });
  const places = new WeakMap<FastifyRequest, Place>();

  server.addHook('onRequest', async (request, reply) => {
    await requireRate(rate(request), reply, 'sends too many requests');
    await requireRate(refused(request, { increment: false }), reply, 'sends too many requests that are refused');
    if (request.method !== 'POST') return;
    const place = inFlight.enter(rateLimit.normalizeIP(request.ip), announcedBytes(request));
    if (place === 'address-full') throw tooManyRequests('has too many requests under way', RATE_WINDOW_MS / 60);
    if (place === 'node-full') throw overloaded();
    places.set(request, place);
    reply.raw.once('close', () => place.close());
  });

  return {
    placeOf: (request) => places.get(request),
    noteRefusal: async (request, error) => {
      if (error.fault === 'caller' && error.code !== 'wire/too-many-requests') await refused(request);
    },
  };
}

async function requireRate(state: ReturnType<Rate>, reply: FastifyReply, what: string): Promise<void> {
  const rate = await state;
  if (rate.isAllowed || !rate.isExceeded) return;
  reply.header('retry-after', String(rate.ttlInSeconds));
  throw tooManyRequests(what, rate.ttl);
}

/** A body without a length may become as long as its route allows. */
function announcedBytes(request: FastifyRequest): number {
  const bytesMax = request.routeOptions.bodyLimit ?? 0;
  const announced = Number(request.headers['content-length'] ?? bytesMax);
  return Number.isFinite(announced) ? Math.min(announced, bytesMax) : bytesMax;
}
