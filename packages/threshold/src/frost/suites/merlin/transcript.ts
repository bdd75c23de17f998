import { bigintToBytes, utf8 } from '@keymesh/foundation';
import { Strobe128 } from './strobe128.ts';

/** Lengths are 32 bits, little-endian. */
const LENGTH_BYTES = 4;

const encodeLength = (length: number): Uint8Array => bigintToBytes(BigInt(length), LENGTH_BYTES).reverse();

/**
 * A Merlin transcript (https://merlin.cool, v1.0): labelled messages go in, and challenges come out that depend on all
 * of them, their labels and their order.
 */
export class MerlinTranscript {
  readonly #strobe = new Strobe128('Merlin v1.0');

  constructor(protocol: string) {
    this.append('dom-sep', utf8(protocol));
  }

  /** Appends a message; the transcript keeps no reference to it. */
  append(label: string, message: Uint8Array): void {
    this.#strobe.metaAssociatedData(utf8(label), encodeLength(message.length));
    this.#strobe.associatedData(message);
  }

  /** `length` bytes that depend on everything so far, and become part of what follows. */
  challenge(label: string, length: number): Uint8Array {
    this.#strobe.metaAssociatedData(utf8(label), encodeLength(length));
    return this.#strobe.pseudoRandom(length);
  }

  /** Ends it: nothing that was appended stays here. */
  wipe(): void {
    this.#strobe.wipe();
  }
}
