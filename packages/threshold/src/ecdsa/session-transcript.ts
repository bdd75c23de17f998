import { Writer } from '@keymesh/foundation';
import type { SymmetricPrimitives } from './primitives.ts';

/** Room for most transcripts: a few fields of 32 bytes. Bytes. */
const INITIAL_BYTES = 512;

/** Labels with their lengths. They are literals of this package, so that these are few. */
const encodedLabels = new Map<string, Uint8Array>();

function encodeLabel(label: string): Uint8Array {
  let encoded = encodedLabels.get(label);
  if (encoded === undefined) {
    encoded = new Writer().text(label).finish();
    encodedLabels.set(label, encoded);
  }
  return encoded;
}

/**
 * `Transcript` of foundation, byte for byte, hashed by the platform: a multiplication makes two dozen of them, and in
 * JavaScript they took a tenth of its time. For public fields only: they stay in memory.
 */
export class SessionTranscript {
  readonly #primitives: SymmetricPrimitives;
  #bytes = new Uint8Array(INITIAL_BYTES);
  #length = 0;

  /** @param domain as in `Transcript`. */
  constructor(primitives: SymmetricPrimitives, domain: string) {
    this.#primitives = primitives;
    this.#put(encodeLabel(`keymesh/${domain}`));
  }

  append(label: string, bytes: Uint8Array): this {
    this.#put(encodeLabel(label));
    this.#putU32(bytes.length);
    this.#put(bytes);
    return this;
  }

  appendU32(label: string, value: number): this {
    this.#put(encodeLabel(label));
    this.#putU32(4);
    this.#putU32(value);
    return this;
  }

  /** The 32-byte digest. The transcript can go on afterwards. */
  digest(): Uint8Array {
    return this.#primitives.sha256(this.#bytes.subarray(0, this.#length));
  }

  #put(bytes: Uint8Array): void {
    this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #putU32(value: number): void {
    this.#grow(4);
    for (let shift = 24; shift >= 0; shift -= 8) this.#bytes[this.#length++] = value >>> shift;
  }

  #grow(by: number): void {
    if (this.#length + by <= this.#bytes.length) return;
    const grown = new Uint8Array(2 * (this.#length + by));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
