import { ThresholdError } from '../../errors.ts';
import { kernelBytes } from '../../kernel-bytes.ts';

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

/**
 * Compiles a kernel; each call of the result makes an instance with a memory of its own.
 * @throws ThresholdError `ecdsa/kernel-unavailable` where the platform has no WebAssembly with SIMD.
 */
export function compileKernel(base64: string): () => KernelExports {
  const platform = (globalThis as unknown as { readonly WebAssembly?: WebAssemblyPlatform }).WebAssembly;
  if (platform === undefined) throw kernelUnavailable('This platform has no WebAssembly.');
  try {
    const module = new platform.Module(kernelBytes(base64));
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
