import { KeymeshError, type SerializedError } from '@keymesh/foundation';
import {
  errorBodySchema,
  parseJson,
  type RequestOf,
  type ResponseOf,
  ROUTES,
  type Route,
  type RouteName,
} from '@keymesh/protocol/routes';
import { openResponse, sealRequest } from '@keymesh/protocol/sealing';
import { SdkError } from '../errors.ts';
import { ANSWER_BYTES_MAX, NODE_REQUEST_TIMEOUT_MS } from '../limits.ts';
import type { NetworkNode } from '../network/network.ts';
import type { Platform } from '../platform.ts';

export interface NodeCall<Name extends RouteName> {
  readonly platform: Platform;
  readonly node: NetworkNode;
  readonly route: Name;
  readonly epoch: number;
  readonly request: RequestOf<Name>;
  /** Milliseconds. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Sends one request to one node and returns its answer, whose form has been checked; whether it is true is for the
 * caller to verify. Requests of sealed routes are sealed to the key that the CHAIN has for the node, so an answer that
 * opens is from that node.
 *
 * @throws SdkError `sdk/node-unreachable`, `sdk/node-refused` (the node's own error in `details`), `sdk/node-lied`.
 */
export async function callNode<Name extends RouteName>(call: NodeCall<Name>): Promise<ResponseOf<Name>> {
  const route: Route = ROUTES[call.route];
  const plaintext = JSON.stringify(call.request);
  if (!route.sealed) {
    const { status, text } = await exchange(call, route, plaintext);
    return readAnswer(call, status, text);
  }
  const { platform, node, epoch } = call;
  const { body, replyKey } = sealRequest({
    plaintext,
    nodePublicKey: node.sealingKey,
    epoch,
    now: platform.now(),
    random: platform.random,
  });
  try {
    const { status, text } = await exchange(call, route, JSON.stringify(body));
    return readAnswer(call, status, openOrPass(status, text, replyKey, node));
  } finally {
    replyKey.secretKey.wipe();
  }
}

async function exchange(
  call: NodeCall<RouteName>,
  route: Route,
  body: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const timeout = AbortSignal.timeout(call.timeoutMs ?? NODE_REQUEST_TIMEOUT_MS);
  const signal = call.signal === undefined ? timeout : AbortSignal.any([timeout, call.signal]);
  try {
    const answer = await call.platform.fetch(`${call.node.url}${route.path}`, {
      method: route.method,
      headers: { 'content-type': 'application/json' },
      ...(route.method === 'GET' ? {} : { body }),
      signal,
    });
    return { status: answer.status, text: await readText(answer) };
  } catch (cause) {
    throw new SdkError(`Node ${call.node.party} (${call.node.url}) does not answer.`, {
      code: 'sdk/node-unreachable',
      fault: 'environment',
      details: { party: call.node.party, url: call.node.url },
      cause,
    });
  }
}

/** The body as text, refused when it grows beyond the limit: a node must not be able to fill the client's memory. */
async function readText(answer: Response): Promise<string> {
  const reader = answer.body?.getReader();
  if (reader === undefined) return '';
  const decoder = new TextDecoder();
  let text = '';
  for (let length = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.length;
    if (length > ANSWER_BYTES_MAX) {
      await reader.cancel();
      return '';
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** Errors that happen before a node could open the request are not sealed. */
function openOrPass(
  status: number,
  text: string,
  replyKey: Parameters<typeof openResponse>[1],
  node: NetworkNode,
): string {
  try {
    return openResponse(JSON.parse(text), replyKey);
  } catch (cause) {
    if (status !== 200) return text;
    throw lied(node, 'its answer is not sealed by its key', cause);
  }
}

function readAnswer<Name extends RouteName>(call: NodeCall<Name>, status: number, text: string): ResponseOf<Name> {
  if (status === 200) {
    try {
      const route: Route = ROUTES[call.route];
      return parseJson(route.response, text, `${call.route} answer`) as ResponseOf<Name>;
    } catch (cause) {
      throw lied(call.node, 'its answer does not have the form of its route', cause);
    }
  }
  throw refusal(call.node, readError(text));
}

function readError(text: string): SerializedError {
  try {
    return parseJson(errorBodySchema, text, 'error').error;
  } catch {
    return { code: 'sdk/unreadable', fault: 'environment', message: 'It answered with an error that cannot be read.' };
  }
}

function refusal(node: NetworkNode, error: SerializedError): SdkError {
  return new SdkError(`Node ${node.party} refused: ${error.message}`, {
    code: 'sdk/node-refused',
    fault: error.fault === 'peer' ? 'environment' : error.fault,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    details: { party: node.party, url: node.url, nodeCode: error.code },
    cause: new NodeRefusal(error),
  });
}

/** A node's own error as it came over the wire; the `cause` of `sdk/node-refused`. */
export class NodeRefusal extends KeymeshError {
  constructor(error: SerializedError) {
    const { message, ...options } = error;
    super(message, options);
  }
}

/** The error for a node that answered something untrue. */
export function lied(node: NetworkNode, how: string, cause?: unknown): SdkError {
  return new SdkError(`Node ${node.party} (${node.url}) is not to be trusted: ${how}.`, {
    code: 'sdk/node-lied',
    fault: 'peer',
    culprits: [node.party],
    hint: 'The operation goes on with other nodes where there are enough.',
    details: { party: node.party, url: node.url },
    ...(cause === undefined ? {} : { cause }),
  });
}
