import type { Primitives } from '@keymesh/protocol/primitives';
import {
  decodeStreamLine,
  type ProgressOf,
  parseJson,
  ROUTES,
  type Route,
  type RouteName,
} from '@keymesh/protocol/routes';
import { openResponse, type ReplyKey } from '@keymesh/protocol/sealing';
import type { NetworkNode } from '../network/network.ts';
import { lied, unreachable } from './node-failure.ts';
import { readBody } from './read-body.ts';

/** What came back: `sealed` says whether the node's own key vouches for it. */
export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly sealed: boolean;
}

export interface AnswerStreamOptions<Name extends RouteName> {
  readonly node: NetworkNode;
  readonly route: Name;
  readonly replyKey: ReplyKey;
  readonly primitives: Primitives;
  readonly onProgress: (progress: ProgressOf<Name>) => void;
}

/** Of an error that comes at the end of a stream, whose HTTP status is long out. */
const STATUS_OF_ERRORS = 500;

/**
 * Reads an answer that is told line by line (`STREAM_CONTENT_TYPE`), and tells progress as it comes.
 * @throws SdkError `sdk/node-lied` for a line that is not the node's next one; `sdk/node-unreachable` if there is no end.
 */
export async function readAnswerStream<Name extends RouteName>(
  answer: Response,
  options: AnswerStreamOptions<Name>,
): Promise<Reply> {
  const lines = new Lines(options as unknown as AnswerStreamOptions<RouteName>);
  await readBody(answer, (text) => lines.push(text));
  if (lines.reply === undefined) throw unreachable(options.node, 'ends its answer before it is complete');
  return lines.reply;
}

class Lines {
  readonly #options: AnswerStreamOptions<RouteName>;
  #rest = '';
  #count = 0;
  reply: Reply | undefined;

  constructor(options: AnswerStreamOptions<RouteName>) {
    this.#options = options;
  }

  push(text: string): void {
    const [first = '', ...others] = text.split('\n');
    this.#rest += first;
    for (const next of others) {
      this.#take(this.#rest);
      this.#rest = next;
    }
  }

  #take(text: string): void {
    const { node, onProgress } = this.#options;
    const { kind, content } = this.#open(text);
    if (this.reply !== undefined) throw lied(node, 'it goes on after the end of its answer');
    if (kind === 'progress') onProgress(this.#progress(content) as never);
    else this.reply = { status: kind === 'answer' ? 200 : STATUS_OF_ERRORS, text: content, sealed: true };
  }

  #open(text: string) {
    const { node, replyKey, primitives } = this.#options;
    let line: ReturnType<typeof decodeStreamLine>;
    try {
      line = decodeStreamLine(openResponse(JSON.parse(text), replyKey, primitives));
    } catch (cause) {
      throw lied(node, 'a line of its answer is not sealed by its key', cause);
    }
    if (line?.at !== this.#count) throw lied(node, 'a line of its answer is not the next one');
    this.#count += 1;
    return line;
  }

  #progress(content: string): unknown {
    const { node, route: name } = this.#options;
    const route: Route = ROUTES[name];
    try {
      if (route.progress !== undefined) return parseJson(route.progress, content, `${name} progress`, 'peer');
    } catch (cause) {
      throw lied(node, 'what it tells before its answer does not have the form of its route', cause);
    }
    throw lied(node, 'it tells something before its answer, which its route does not have');
  }
}
