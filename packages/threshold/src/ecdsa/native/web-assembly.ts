import { ThresholdError } from '../../errors.ts';

/** The part of the platform's `WebAssembly` that is used. This package compiles without the types of any platform. */
export interface WebAssemblyPlatform {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

/** What the kernel exports: `assembly/ecdsa`. Numbers are pointers, lengths and counts. */
export interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  heapBase(): number;
  tweakBlocks(inner: number, count: number, outputBlocks: number, target: number): void;
  foldBlocks(outer: number, inner: number, count: number, outputBlocks: number): void;
  offerColumns(zero: number, one: number, choices: number, columnBytes: number, rows: number): void;
  holdColumns(columns: number, corrections: number, delta: number, columnBytes: number, rows: number): void;
  hashColumns(key: number, blocks: number, rows: number, target: number): void;
  hashVector(key: number, blocks: number, vector: number, target: number): void;
  configure(orderBits: number, numbers: number): void;
  narrowPads(source: number, count: number, target: number): void;
  decodeScalars(source: number, count: number, target: number): void;
  maskRows(zero: number, one: number, rows: number, addends: number, target: number): void;
  combineRows(
    pads: number,
    rows: number,
    gadget: number,
    numbers: number,
    masked: number,
    choices: number,
    checks: number,
  ): void;
  chosenSum(gadget: number, choices: number, rows: number, target: number): void;
  areReduced(scalars: number, count: number): number;
}

const WORD_BITS = 6;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes of our own generated text. */
function fromBase64(text: string): Uint8Array {
  const digits = text.replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor((digits.length * WORD_BITS) / 8));
  let pending = 0;
  let bits = 0;
  let at = 0;
  for (const digit of digits) {
    pending = ((pending << WORD_BITS) | ALPHABET.indexOf(digit)) & 0xffff;
    bits += WORD_BITS;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = pending >> bits;
  }
  return bytes;
}

/**
 * Compiles a kernel; each call of the result makes an instance with a memory of its own.
 * @throws ThresholdError `ecdsa/kernel-unavailable` where the platform has no WebAssembly with SIMD.
 */
export function compileKernel(base64: string): () => KernelExports {
  const platform = (globalThis as unknown as { readonly WebAssembly?: WebAssemblyPlatform }).WebAssembly;
  if (platform === undefined) throw kernelUnavailable('This platform has no WebAssembly.');
  try {
    const module = new platform.Module(fromBase64(base64));
    return () => new platform.Instance(module).exports as KernelExports;
  } catch (cause) {
    throw kernelUnavailable('This platform does not run the WebAssembly kernel.', cause);
  }
}

function kernelUnavailable(message: string, cause?: unknown): ThresholdError {
  return new ThresholdError(message, {
    code: 'ecdsa/kernel-unavailable',
    fault: 'environment',
    hint: 'Use referenceKernel instead, and report the platform.',
    cause,
  });
}
