import type { Fault } from '@keymesh/foundation';

/**
 * HTTP status of every error code that may reach a client. A key that ends in `/` is for all codes of that area that
 * have no line of their own. The codes without a thrower in this package are the node's.
 */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  'wire/malformed': 400,
  'wire/unknown-route': 404,
  'wire/method-not-allowed': 405,
  'wire/bad-body': 400,
  'wire/too-large': 413,
  'wire/too-many-requests': 429,
  /** The same sealed payload was seen before. */
  'wire/replayed': 409,
  /** The same request id came with other content. */
  'wire/request-id-reused': 409,
  'wire/stale-epoch': 409,
  'sealing/': 400,
  /** Altered or mis-addressed: the envelope cannot tell which, and the remedy, a new handshake, is the same. */
  'sealing/not-authentic': 421,
  'session/': 401,
  'session/wrong-node': 421,
  'session/capability-missing': 403,
  'delegation/': 401,
  'delegation/not-granted': 403,
  'conditions/': 400,
  'conditions/denied': 403,
  'conditions/answer-unusable': 403,
  'conditions/fact-missing': 500,
  /** The wallet may not use the key. */
  'permissions/denied': 403,
  'permissions/unknown-token': 404,
  'nonce/unknown': 409,
  'nonce/too-many': 429,
  'signing/': 400,
  'frost/': 400,
  'node/not-ready': 503,
  'node/overloaded': 503,
  'chain/': 503,
};

const STATUS_OF_FAULT: Readonly<Record<Fault, number>> = { caller: 400, peer: 502, environment: 503, bug: 500 };

/** The HTTP status for an error: by its code, else by the area of its code, else by whose fault it is. */
export function httpStatusOf(error: { readonly code: string; readonly fault: Fault }): number {
  const area = error.code.slice(0, error.code.indexOf('/') + 1);
  return lookUp(error.code) ?? lookUp(area) ?? STATUS_OF_FAULT[error.fault];
}

function lookUp(key: string): number | undefined {
  return Object.hasOwn(STATUS_OF_CODE, key) ? STATUS_OF_CODE[key] : undefined;
}
