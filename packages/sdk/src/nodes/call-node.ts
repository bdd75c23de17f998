import { utf8 } from '@keymesh/foundation';
import { SEALED_FRAME_BYTES } from '@keymesh/protocol/limits';
import {
  type ProgressOf,
  parseJson,
  type RequestOf,
  type ResponseOf,
  ROUTES,
  type Route,
  type RouteName,
  STREAM_CONTENT_TYPE,
} from '@keymesh/protocol/routes';
import { openResponse, type ReplyKey, type SealedRequest, sealRequest } from '@keymesh/protocol/sealing';
import { loadPrimitives } from '#backends';
import { invalidArgument, SdkError } from '../errors.ts';
import type { NetworkNode } from '../network/network.ts';
import type { Platform } from '../platform.ts';
import { type Reply, readAnswerStream } from './answer-stream.ts';
import { withDeadline } from './deadline.ts';
import { lied, refused, unreachable } from './node-failure.ts';
import { readRefusal } from './node-refusal.ts';
import { readText } from './read-body.ts';

/** The platform's, chosen once. */
const PRIMITIVES = loadPrimitives();

export interface NodeCall<Name extends RouteName> {
  readonly platform: Platform;
  readonly node: NetworkNode;
  readonly route: Name;
  readonly epoch: number;
  readonly request: RequestOf<Name>;
  /** Is told what the node says before its answer, if the request asks for that. */
  readonly onProgress?: (progress: ProgressOf<Name>) => void;
  /** Milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Sends one request to one node and returns its answer, whose form has been checked; whether it is true is for the
 * caller to verify. Requests of sealed routes are sealed to the key that the CHAIN has for the node, so an answer that
 * opens is from that node.
 *
 * @throws SdkError `sdk/node-unreachable`, `sdk/node-refused` (the node's own error is its cause), `sdk/node-lied`;
 *   `sdk/invalid-argument` if the request is too long for any node.
 */
export async function callNode<Name extends RouteName>(call: NodeCall<Name>): Promise<ResponseOf<Name>> {
  const route: Route = ROUTES[call.route];
  const plaintext = JSON.stringify(call.request);
  if (!route.sealed) return readReply(call, await exchange(call, route, plaintext, readOpen));
  const { body, replyKey } = seal(call, plaintext, plaintextBytesMax(route));
  try {
    return readReply(
      call,
      await exchange(call, route, JSON.stringify(body), (answer) => readSealed(call, answer, replyKey)),
    );
  } finally {
    replyKey.secretKey.wipe();
  }
}

/** The body is the plaintext in hex, and its frame. */
const plaintextBytesMax = ({ bodyBytesMax }: Route): number => (bodyBytesMax - SEALED_FRAME_BYTES) / 2;

function seal(
  { platform, node, epoch }: NodeCall<RouteName>,
  plaintext: string,
  bytesMax: number,
): { readonly body: SealedRequest; readonly replyKey: ReplyKey } {
  if (utf8(plaintext).length > bytesMax) {
    throw invalidArgument(
      'The request is too long for a node.',
      'Use fewer or shorter conditions, or a shorter message; publish a long program and run it by its CID.',
    );
  }
  try {
    return sealRequest({
      plaintext,
      nodePublicKey: node.sealingKey,
      epoch,
      now: platform.now(),
      random: platform.random,
      primitives: PRIMITIVES,
    });
  } catch (cause) {
    throw lied(node, 'nothing can be sealed to the key that it has on chain', cause);
  }
}

async function exchange(
  { platform, node, timeoutMs, signal }: NodeCall<RouteName>,
  route: Route,
  body: string,
  read: (answer: Response) => Promise<Reply>,
): Promise<Reply> {
  try {
    return await withDeadline(timeoutMs, signal, async (deadline) => {
      const answer = await platform.fetch(`${node.url}${route.path}`, {
        method: route.method,
        headers: { 'content-type': 'application/json' },
        ...(route.method === 'GET' ? {} : { body }),
        // A node answers for itself; where else it would send us is not on chain.
        redirect: 'manual',
        signal: deadline,
      });
      return read(answer);
    });
  } catch (cause) {
    if (cause instanceof SdkError) throw cause;
    throw unreachable(node, 'does not answer', cause);
  }
}

async function readOpen(answer: Response): Promise<Reply> {
  return { status: answer.status, text: await readText(answer), sealed: false };
}

async function readSealed<Name extends RouteName>(
  { node, route, onProgress }: NodeCall<Name>,
  answer: Response,
  replyKey: ReplyKey,
): Promise<Reply> {
  // Who was not asked to tell anything before its answer has no reason to.
  if (onProgress !== undefined && answer.headers.get('content-type')?.startsWith(STREAM_CONTENT_TYPE)) {
    return readAnswerStream(answer, { node, route, replyKey, primitives: PRIMITIVES, onProgress });
  }
  const text = await readText(answer);
  try {
    return { status: answer.status, text: openResponse(JSON.parse(text), replyKey, PRIMITIVES), sealed: true };
  } catch (cause) {
    if (answer.status === 200) throw lied(node, 'its answer is not sealed by its key', cause);
    // Errors that happen before a node could open the request are not sealed.
    return { status: answer.status, text, sealed: false };
  }
}

function readReply<Name extends RouteName>(
  { node, route: name }: NodeCall<Name>,
  { status, text, sealed }: Reply,
): ResponseOf<Name> {
  if (status !== 200) {
    const refusal = readRefusal(text, sealed);
    throw refusal === undefined
      ? unreachable(node, `answers with HTTP status ${status} and without an error of its own`)
      : refused(node, refusal);
  }
  try {
    const route: Route = ROUTES[name];
    return parseJson(route.response, text, `${name} answer`, 'peer') as ResponseOf<Name>;
  } catch (cause) {
    throw lied(node, 'its answer does not have the form of its route', cause);
  }
}
