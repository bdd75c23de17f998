import { KeymeshError } from '@keymesh/foundation';
import { ROUTES } from '@keymesh/protocol/routes';
import { NodeError } from '../errors.ts';

/** Fastify's own errors, and those of a request that broke off, in our words. */
export function fromFastify(thrown: unknown): unknown {
  if (thrown instanceof KeymeshError) return thrown;
  const { code, statusCode } = (thrown ?? {}) as { code?: unknown; statusCode?: unknown };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new NodeError('The request body is longer than its route allows.', {
      code: 'wire/too-large',
      fault: 'caller',
      hint: 'docs/limits.md lists the limits; a long message can be signed by its hash.',
    });
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return badBody('its content type is not application/json');
  if (code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH') return unknownRoute();
  const isAboutBody = typeof code === 'string' && code.startsWith('FST_ERR_CTP_');
  // A connection that ends within a body is an error of the stream, to which Fastify gives status 400.
  if (isAboutBody || statusCode === 400) return badBody('it is incomplete or empty');
  return thrown;
}

/** @param url path and query of a request that no route took. */
export function noSuchRoute(url: string): NodeError {
  const path = url.split('?')[0] ?? '';
  const other = Object.values(ROUTES).find((route) => route.path === path);
  if (other === undefined) return unknownRoute();
  return new NodeError(`${other.path} answers to ${other.method} only.`, {
    code: 'wire/method-not-allowed',
    fault: 'caller',
    hint: `Send a ${other.method} request.`,
  });
}

export function badBody(reason: string): NodeError {
  return new NodeError(`The request body cannot be used: ${reason}.`, {
    code: 'wire/bad-body',
    fault: 'caller',
    hint: 'Send JSON with content-type: application/json.',
  });
}

export function badHttp(reason: string): NodeError {
  return new NodeError(`The request is not HTTP as this node takes it: ${reason}.`, {
    code: 'wire/bad-http',
    fault: 'caller',
    hint: 'Send the whole of a well-formed HTTP/1.1 request.',
  });
}

export function overloaded(): NodeError {
  return new NodeError('The node has too many requests in hand and takes no more now.', {
    code: 'node/overloaded',
    fault: 'environment',
    hint: 'Send the request again in a moment.',
  });
}

/** @param retryMs when the client may ask again. Milliseconds. */
export function tooManyRequests(what: string, retryMs: number): NodeError {
  return new NodeError(`This address ${what}.`, {
    code: 'wire/too-many-requests',
    fault: 'caller',
    hint: `Wait ${Math.ceil(retryMs / 1_000)} s.`,
  });
}

function unknownRoute(): NodeError {
  return new NodeError('The node has no such route.', {
    code: 'wire/unknown-route',
    fault: 'caller',
    hint: `Its routes are ${Object.values(ROUTES)
      .map((route) => route.path)
      .join(', ')} and /metrics.`,
  });
}
