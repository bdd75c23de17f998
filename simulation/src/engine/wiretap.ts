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

  /** Parts heard so far. */
  get partCount(): number {
    return this.#parts.length;
  }

  /**
   * Where each of many secrets is heard first, as bytes or in lower-case hex: one pass over everything.
   * @param secrets at least 4 bytes each.
   * @returns numbers of parts, in the order of the secrets; undefined for one that is not heard.
   */
  firstHeard(secrets: readonly Uint8Array[]): (number | undefined)[] {
    const search = new PatternSearch(
      secrets.flatMap((secret) => [secret, Buffer.from(Buffer.from(secret).toString('hex'))]),
    );
    const found = new Array<number | undefined>(secrets.length).fill(undefined);
    for (const [number, part] of this.#parts.entries()) {
      for (const pattern of search.allIn(part)) found[pattern >> 1] ??= number;
    }
    return found;
  }
}

/** Finds any of many byte strings: most positions are passed over by a filter on the next four bytes. */
class PatternSearch {
  readonly #patterns: readonly Uint8Array[];
  readonly #filter = new Uint8Array(1 << 16);
  /** Numbers of patterns, by their first four bytes. */
  readonly #byStart = new Map<number, number[]>();

  constructor(patterns: readonly Uint8Array[]) {
    this.#patterns = patterns;
    for (const [number, pattern] of patterns.entries()) {
      const start = pattern.subarray(0, 4).reduce((word, byte) => ((word << 8) | byte) >>> 0, 0);
      this.#filter[filterSlot(start)] = 1;
      this.#byStart.set(start, [...(this.#byStart.get(start) ?? []), number]);
    }
  }

  *allIn(part: Uint8Array): Generator<number> {
    let word = 0;
    for (let end = 0; end < part.length; end++) {
      word = ((word << 8) | (part[end] as number)) >>> 0;
      if (end < 3 || this.#filter[filterSlot(word)] === 0) continue;
      for (const number of this.#byStart.get(word) ?? []) {
        const pattern = this.#patterns[number] as Uint8Array;
        if (pattern.every((byte, i) => part[end - 3 + i] === byte)) yield number;
      }
    }
  }
}

function filterSlot(word: number): number {
  return Math.imul(word, 0x9e37_79b1) >>> 16;
}

function hexBytes(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return typeof value === 'bigint' ? value.toString() : value;
}
