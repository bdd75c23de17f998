import { concatBytes, utf8 } from '@keymesh/foundation';
import { keccakP } from '@noble/hashes/sha3.js';
import { swap32IfBE } from '@noble/hashes/utils.js';

const STATE_BYTES = 200;
/** Bytes of the state that input and output touch at 128 bits of security; two more hold padding. */
const RATE_BYTES = 166;

/** What an operation does, as a sum of flags (STROBE v1.0.2 §6.2). */
const FLAG = { inbound: 1, application: 2, cipher: 4, meta: 16 } as const;
const META_ASSOCIATED_DATA = FLAG.meta | FLAG.application;
const ASSOCIATED_DATA = FLAG.application;
const PSEUDO_RANDOM = FLAG.inbound | FLAG.application | FLAG.cipher;

/** Padding of a block: the first byte after the rate's last used one, and the rate's last one (§7.1). */
const PAD_FIRST = 0x04;
const PAD_LAST = 0x80;

/**
 * The part of STROBE-128/1600 (v1.0.2, https://strobe.sourceforge.io/specs) that Merlin uses: a Keccak-f[1600] duplex
 * that absorbs labelled data and squeezes pseudo-random bytes. No keys, no transport.
 */
export class Strobe128 {
  readonly #state = new Uint8Array(STATE_BYTES);
  readonly #words = new Uint32Array(this.#state.buffer);
  #position = 0;
  /** One more than the position at which the current operation began; 0 if that was in an earlier block. */
  #begin = 0;

  constructor(protocol: string) {
    this.#state.set(concatBytes(Uint8Array.of(1, RATE_BYTES + 2, 1, 0, 1, 96), utf8('STROBEv1.0.2')));
    this.#permute();
    this.metaAssociatedData(utf8(protocol));
  }

  metaAssociatedData(...parts: readonly Uint8Array[]): void {
    this.#beginOperation(META_ASSOCIATED_DATA);
    for (const part of parts) this.#absorb(part);
  }

  associatedData(data: Uint8Array): void {
    this.#beginOperation(ASSOCIATED_DATA);
    this.#absorb(data);
  }

  /** The PRF operation: `length` bytes that depend on everything so far. They are zeroed in the state. */
  pseudoRandom(length: number): Uint8Array {
    this.#beginOperation(PSEUDO_RANDOM);
    const output = new Uint8Array(length);
    for (let i = 0; i < length; i++) {
      output[i] = this.#state[this.#position] as number;
      this.#state[this.#position] = 0;
      this.#advance();
    }
    return output;
  }

  /** Ends it: nothing that was absorbed stays here. */
  wipe(): void {
    this.#state.fill(0);
    this.#position = 0;
    this.#begin = 0;
  }

  #beginOperation(flags: number): void {
    const previous = this.#begin;
    this.#begin = this.#position + 1;
    this.#absorb(Uint8Array.of(previous, flags));
    // Output has to depend on all input, so it starts at a fresh block.
    if ((flags & FLAG.cipher) !== 0 && this.#position !== 0) this.#endBlock();
  }

  #absorb(data: Uint8Array): void {
    for (const byte of data) {
      this.#mix(this.#position, byte);
      this.#advance();
    }
  }

  #advance(): void {
    this.#position++;
    if (this.#position === RATE_BYTES) this.#endBlock();
  }

  #endBlock(): void {
    this.#mix(this.#position, this.#begin);
    this.#mix(this.#position + 1, PAD_FIRST);
    this.#mix(RATE_BYTES + 1, PAD_LAST);
    this.#permute();
    this.#position = 0;
    this.#begin = 0;
  }

  #mix(position: number, byte: number): void {
    this.#state[position] = (this.#state[position] as number) ^ byte;
  }

  /** Keccak's lanes are little-endian whatever the machine is. */
  #permute(): void {
    swap32IfBE(this.#words);
    keccakP(this.#words);
    swap32IfBE(this.#words);
  }
}
