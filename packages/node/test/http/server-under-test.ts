import { randomBytes } from 'node:crypto';
import { SecretBytes } from '@keymesh/foundation';
import {
  errorBodySchema,
  parseJson,
  type RequestOf,
  ROUTES,
  type Route,
  type RouteName,
} from '@keymesh/protocol/routes';
import { openResponse, type ReplyKey, type SealedRequest, sealRequest } from '@keymesh/protocol/sealing';
import { x25519 } from '@noble/curves/ed25519.js';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import { createSealedExchange } from '../../src/http/sealed-exchange.ts';
import { createHttpServer, type HttpServerOptions } from '../../src/http/server.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { createMetrics, type Metrics } from '../../src/observability/metrics.ts';
import { seededRandom, VirtualClock } from '../mesh/virtual-clock.ts';
import { EchoHandlers } from './echo-handlers.ts';

const sealingSecret = new Uint8Array(32).fill(11);
export const sealingKey = x25519.getPublicKey(sealingSecret);
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

export interface ServerUnderTest {
  readonly server: FastifyInstance;
  readonly handlers: EchoHandlers;
  readonly clock: VirtualClock;
  readonly metrics: Metrics;
  /** Log lines, parsed. */
  readonly lines: Record<string, unknown>[];
  /** Sends bytes as a body; from an address of choice. */
  post(path: string, payload: unknown, options?: PostOptions): Promise<LightMyRequestResponse>;
}

interface PostOptions {
  readonly from?: string;
  readonly headers?: Record<string, string>;
}

export async function serverUnderTest(options: Partial<HttpServerOptions> = {}): Promise<ServerUnderTest> {
  const handlers = new EchoHandlers();
  const clock = new VirtualClock();
  const metrics = createMetrics('test', '0');
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger(
    { name: 'test', level: 'debug' },
    { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const sealedExchange = createSealedExchange({
    sealingKey: new SecretBytes(sealingSecret.slice()),
    clock,
    random: seededRandom(3),
  });
  const server = await createHttpServer(
    { host: '127.0.0.1', port: 0, requestsPerMinute: 6_000, ...options },
    { handlers, sealedExchange, metrics, logger },
  );
  return {
    ...{ server, handlers, clock, metrics, lines },
    post: (path, payload, { from = '192.0.2.1', headers = {} } = {}) =>
      server.inject({
        ...{ method: 'POST', url: path, remoteAddress: from },
        headers: { 'content-type': 'application/json', ...headers },
        payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
      }),
  };
}

export const signRequest: RequestOf<'sign'> = {
  authSig: { sig: '00', derivedVia: 'd', signedMessage: 'm', address: 'a' },
  epoch: 1,
  tokenId: `0x${'00'.repeat(32)}`,
  scheme: 'SchnorrEd25519Sha512',
  message: '00',
  signers: [1, 2, 3],
  requestId: 'request-1',
};

export const decryptRequest = {
  authSig: signRequest.authSig,
  accessControlConditions: [
    {
      contractAddress: '',
      standardContractType: '',
      chain: 'localchain',
      method: 'eth_getBalance',
      parameters: [':userAddress', 'latest'],
      returnValueTest: { comparator: '>=', value: '1' },
    },
  ],
  ...{ dataToEncryptHash: '00'.repeat(32), chain: 'localchain', epoch: 1, requestId: 'request-1' },
};

export function sealed(
  plaintext: unknown,
  now: number,
  nodePublicKey: Uint8Array = sealingKey,
): { readonly body: SealedRequest; readonly replyKey: ReplyKey } {
  const text = typeof plaintext === 'string' ? plaintext : JSON.stringify(plaintext);
  return sealRequest({ plaintext: text, nodePublicKey, epoch: 1, now, random });
}

/** The answer of a sealed route: what is inside the seal. */
export function open(name: RouteName, answer: { statusCode: number; body: string }, replyKey: ReplyKey) {
  const text = openResponse(JSON.parse(answer.body), replyKey);
  const route: Route = ROUTES[name];
  return answer.statusCode === 200
    ? parseJson(route.response, text, 'answer', 'peer')
    : parseJson(errorBodySchema, text, 'error', 'peer');
}

/** The code of an answer that is not sealed; checks its form. */
export function openCode(answer: { body: string }): string {
  return parseJson(errorBodySchema, answer.body, 'error', 'peer').error.code;
}
