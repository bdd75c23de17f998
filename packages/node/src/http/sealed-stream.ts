import { PassThrough } from 'node:stream';
import { encodeStreamLine, STREAM_CONTENT_TYPE, type StreamLine } from '@keymesh/protocol/routes';
import type { FastifyReply } from 'fastify';

/** An answer that is told line by line, each sealed. It begins with the first progress: most answers have none. */
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

  get hasBegun(): boolean {
    return this.#out !== undefined;
  }

  tell(kind: StreamLine['kind'], value: unknown): void {
    this.#out ??= this.#begin();
    const line = { at: this.#lines, kind, content: JSON.stringify(value) };
    this.#lines += 1;
    this.#out.write(`${this.#seal(encodeStreamLine(line))}\n`);
    if (kind !== 'progress') this.#out.end();
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
