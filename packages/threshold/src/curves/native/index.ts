import type { Curves } from '../curve.ts';
import { nobleCurves } from '../noble.ts';
import { createLibsodiumCurve } from './ed25519.ts';
import { createLibsecp256k1Curve } from './secp256k1.ts';
import { verifiedCurve } from './verified-curve.ts';
import { loadPointsKernel, loadWasmCurves } from './wasm-curves.ts';

/**
 * The curves over native libraries or WebAssembly where these load, and over noble where they do not; `curve.backend`
 * says which it is. Each must first reproduce two products of noble. BLS12-381 G1 stays with noble here: its secret
 * operations are in `./bls-native`.
 *
 * This is the only module of the package that reaches for native code, so that browsers never see it.
 */
export async function loadNativeCurves(): Promise<Curves> {
  const wasmCurves = await loadWasmCurves();
  const [secp256k1, ed25519] = await Promise.all([
    // `/bindings` and not the main entry, which would silently fall back to a JavaScript implementation.
    verifiedCurve(nobleCurves.secp256k1, async () =>
      createLibsecp256k1Curve((await import('secp256k1/bindings.js')).default),
    ),
    verifiedCurve(nobleCurves.ed25519, async () =>
      createLibsodiumCurve((await import('sodium-native')).default, await loadPointsKernel('ed25519')),
    ),
  ]);
  return {
    ...nobleCurves,
    ...wasmCurves,
    secp256k1,
    ed25519: ed25519.backend === 'noble' ? wasmCurves.ed25519 : ed25519,
  };
}
