import { concatBytes } from './bytes.ts';
import { KeymeshError } from './errors.ts';
import { utf8 } from './text.ts';

/** No single field of a message between nodes is longer. Bytes. */
export const FIELD_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Writes the one canonical binary form that nodes exchange and hash: fixed-width big-endian integers, and byte strings
 * behind a 32-bit length. There are no optional fields and no maps, so a value has exactly one encoding.
 */
export class Writer {
  readonly #parts: Uint8Array[] = [];

  u8(value: number): this {
    return this.#integer(value, 1);
  }
  u16(value: number): this {
    return this.#integer(value, 2);
  }
  u32(value: number): this {
    return this.#integer(value, 4);
  }
  /** Bytes of a length that both sides know (a hash, a point of a given curve). */
  fixed(bytes: Uint8Array): this {
    this.#parts.push(bytes.slice());
    return this;
  }
  /** Bytes of a length that the encoding carries. */
  bytes(bytes: Uint8Array): this {
    this.u32(bytes.length);
    return this.fixed(bytes);
  }
  text(value: string): this {
    return this.bytes(utf8(value));
  }
  /** A count and then each item. */
  list<T>(items: readonly T[], each: (writer: this, item: T) => void): this {
    this.u16(items.length);
    for (const item of items) each(this, item);
    return this;
  }
  finish(): Uint8Array {
    return concatBytes(...this.#parts);
  }

  #integer(value: number, width: number): this {
    if (!Number.isInteger(value) || value < 0 || value >= 256 ** width) {
      throw new KeymeshError(`The integer does not fit in ${width} bytes.`, {
        code: 'encoding/integer-range',
        fault: 'bug',
      });
    }
    const out = new Uint8Array(width);
    for (let i = width - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) out[i] = rest % 256;
    this.#parts.push(out);
    return this;
  }
}

/**
 * Reads what `Writer` wrote. Input is hostile: every length is checked before memory is reserved, and trailing bytes
 * are an error, so that a value has one encoding only.
 */
export class Reader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  u8(): number {
    return this.#integer(1);
  }
  u16(): number {
    return this.#integer(2);
  }
  u32(): number {
    return this.#integer(4);
  }
  fixed(length: number): Uint8Array {
    if (this.#bytes.length - this.#offset < length) throw malformed('it ends too early');
    const out = this.#bytes.slice(this.#offset, this.#offset + length);
    this.#offset += length;
    return out;
  }
  bytes(maxLength: number = FIELD_BYTES_MAX): Uint8Array {
    const length = this.u32();
    if (length > maxLength) throw malformed('a field is longer than allowed');
    return this.fixed(length);
  }
  /** Items behind a count. `maxItems` bounds the work before the first item is read. */
  list<T>(maxItems: number, each: (reader: this) => T): T[] {
    const count = this.u16();
    if (count > maxItems) throw malformed('a list is longer than allowed');
    const out: T[] = [];
    for (let i = 0; i < count; i++) out.push(each(this));
    return out;
  }
  /** Ends the reading. @throws KeymeshError `encoding/malformed` if bytes are left. */
  end(): void {
    if (this.#offset !== this.#bytes.length) throw malformed('bytes follow its end');
  }

  #integer(width: number): number {
    let value = 0;
    for (const byte of this.fixed(width)) value = value * 256 + byte;
    return value;
  }
}

function malformed(reason: string): KeymeshError {
  return new KeymeshError(`The message is malformed: ${reason}.`, {
    code: 'encoding/malformed',
    fault: 'peer',
    hint: 'The sender runs another version or is faulty.',
  });
}
