import { PassThrough } from 'node:stream';
import { encodeStreamLine, STREAM_CONTENT_TYPE, type StreamLine } from '@keymesh/protocol/routes';
import type { FastifyReply } from 'fastify';

/** A sealed answer: in one piece, or, if progress was told before it, line by line. Most have no progress. */
export class SealedStream {
  readonly #reply: FastifyReply;
  readonly #seal: (plaintext: string) => string;
  #out: PassThrough | undefined;
  #lines = 0;

  /** @param seal to the one client. @returns JSON without a line break. */
  constructor(reply: FastifyReply, seal: (plaintext: string) => string) {
    this.#reply = reply;
    this.#seal = seal;
  }

  progress(value: unknown): void {
    this.#out ??= this.#begin();
    this.#write(this.#out, 'progress', value);
  }

  /** @param status of HTTP, where it is not out yet. */
  end(kind: 'answer' | 'error', value: unknown, status: number): FastifyReply {
    if (this.#out === undefined) {
      return this.#reply
        .code(status)
        .type('application/json')
        .send(this.#seal(JSON.stringify(value)));
    }
    this.#write(this.#out, kind, value);
    this.#out.end();
    return this.#reply;
  }

  #write(out: PassThrough, kind: StreamLine['kind'], value: unknown): void {
    const line = { at: this.#lines, kind, content: JSON.stringify(value) };
    this.#lines += 1;
    out.write(`${this.#seal(encodeStreamLine(line))}\n`);
  }

  #begin(): PassThrough {
    const out = new PassThrough();
    // A client that hung up hears nothing more, and that is no failure of the handler.
    out.on('error', () => {});
    // A proxy that collects an answer before it passes it on would undo the purpose.
    void this.#reply.type(STREAM_CONTENT_TYPE).header('x-accel-buffering', 'no').send(out);
    return out;
  }
}
