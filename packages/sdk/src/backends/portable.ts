import { noblePrimitives, type Primitives } from '@keymesh/protocol/primitives';
import { type BlsBackend, nobleBls } from '@keymesh/threshold/bls';
import { type Curves, nobleCurves } from '@keymesh/threshold/curves';

/** The curves that run everywhere. The client multiplies public scalars only, so constant time is not at stake. */
export async function loadCurves(): Promise<Curves> {
  return nobleCurves;
}

/**
 * The fastest BLS12-381 that a browser has: mcl in WebAssembly, or noble where a page or runtime forbids WebAssembly.
 * It is a chunk of its own for bundlers that split, because it is as large as everything else together.
 */
export async function loadBls(): Promise<BlsBackend> {
  try {
    const { loadMclBls } = await import('@keymesh/threshold/bls-mcl');
    return await loadMclBls();
  } catch {
    return nobleBls;
  }
}

/** The wire's public-key operations that run everywhere. */
export function loadPrimitives(): Primitives {
  return noblePrimitives;
}
