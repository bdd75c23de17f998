/** Everything that left a process: frames, requests, answers, log events, disks. The secrecy check reads it. */
export class Wiretap {
  readonly #parts: Uint8Array[] = [];

  frame(bytes: Uint8Array): void {
    this.#parts.push(bytes);
  }

  /** A log event or a message of the HTTP API, as JSON. Byte arrays are written in hex, as a careless logger would. */
  value(value: unknown): void {
    this.#parts.push(Buffer.from(JSON.stringify(value, hexBytes)));
  }

  /** Whether the bytes, as they are or in lower-case hex, occur anywhere. */
  contains(secret: Uint8Array): boolean {
    const raw = Buffer.from(secret);
    const hex = Buffer.from(raw.toString('hex'));
    return this.#parts.some((part) => {
      const heard = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
      return heard.includes(raw) || heard.includes(hex);
    });
  }
}

function hexBytes(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return typeof value === 'bigint' ? value.toString() : value;
}
