import type { KernelExports } from './web-assembly.ts';

/** Enough for the largest call, which is about P-384: two vectors of pads or masked values, gadget and results. */
const PAGES = 6;
/** What SIMD loads like. Bytes. */
const ALIGNMENT = 16;

/** The memory of one instance, laid out anew for each call. */
export class KernelMemory {
  readonly exports: KernelExports;
  readonly #bytes: Uint8Array;
  #base: number;
  #end: number;

  constructor(exports: KernelExports) {
    this.exports = exports;
    exports.memory.grow(PAGES);
    this.#bytes = new Uint8Array(exports.memory.buffer);
    this.#base = align(exports.heapBase());
    this.#end = this.#base;
  }

  /** Room for so many bytes, which are zero. */
  reserve(length: number): number {
    const at = this.#end;
    this.#end = align(at + length);
    return at;
  }

  /** Copies bytes in. */
  put(bytes: Uint8Array): number {
    const at = this.reserve(bytes.length);
    this.#bytes.set(bytes, at);
    return at;
  }

  /** What lies there, until the call ends. */
  view(at: number, length: number): Uint8Array {
    return this.#bytes.subarray(at, at + length);
  }

  /** Copies bytes out. */
  get(at: number, length: number): Uint8Array {
    return this.#bytes.slice(at, at + length);
  }

  /** What has been laid out so far stays for good. */
  keep(): void {
    this.#base = this.#end;
  }

  /** Runs a call, and overwrites what it laid out: all of it may be secret. */
  during<T>(call: () => T): T {
    try {
      return call();
    } finally {
      this.#bytes.fill(0, this.#base, this.#end);
      this.#end = this.#base;
    }
  }
}

function align(at: number): number {
  return Math.ceil(at / ALIGNMENT) * ALIGNMENT;
}
