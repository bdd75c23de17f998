import type { Curve, Curves } from '../curve.ts';
import { nobleCurves } from '../noble.ts';
import { type PointEncoding, sec1, signInLastByte, signInTopBit, unsigned } from './point-encodings.ts';
import { PointsKernel } from './points-kernel.ts';
import { verifiedCurve } from './verified-curve.ts';
import { createWasmCurve } from './wasm-curve.ts';

/** The curves that have a kernel. Each is a module of its own, so that a bundler can leave it until it is asked for. */
const KERNELS = {
  p256: [async () => (await import('../../generated/points-p256-kernel.ts')).pointsP256Kernel, sec1],
  p384: [async () => (await import('../../generated/points-p384-kernel.ts')).pointsP384Kernel, sec1],
  ed25519: [async () => (await import('../../generated/points-ed25519-kernel.ts')).pointsEd25519Kernel, signInTopBit],
  ristretto255: [
    async () => (await import('../../generated/points-ristretto255-kernel.ts')).pointsRistretto255Kernel,
    unsigned,
  ],
  ed448: [async () => (await import('../../generated/points-ed448-kernel.ts')).pointsEd448Kernel, signInLastByte],
  redjubjub: [
    async () => (await import('../../generated/points-redjubjub-kernel.ts')).pointsRedjubjubKernel,
    signInTopBit,
  ],
  decaf377: [async () => (await import('../../generated/points-decaf377-kernel.ts')).pointsDecaf377Kernel, unsigned],
} as const satisfies Partial<Record<keyof Curves, readonly [() => Promise<string>, PointEncoding]>>;

/** The curves that `loadWasmCurves` replaces. */
export type WasmCurveName = keyof typeof KERNELS;

/**
 * The curves over WebAssembly where the platform runs it (with SIMD), and over noble where it does not; `curve.backend`
 * says which it is. Each must first reproduce two products of noble. Runs in browsers as well, where the
 * Content-Security-Policy has to allow `'wasm-unsafe-eval'`.
 */
export async function loadWasmCurves(): Promise<Pick<Curves, WasmCurveName>> {
  const names = Object.keys(KERNELS) as WasmCurveName[];
  const curves = await Promise.all(names.map(loadWasmCurve));
  return Object.fromEntries(names.map((name, i) => [name, curves[i]])) as Pick<Curves, WasmCurveName>;
}

/** The kernel by itself, for a curve that mixes it with another library. */
export async function loadPointsKernel(name: WasmCurveName): Promise<PointsKernel> {
  return PointsKernel.load(await KERNELS[name][0]());
}

function loadWasmCurve(name: WasmCurveName): Promise<Curve> {
  return verifiedCurve(nobleCurves[name], async () =>
    createWasmCurve(await loadPointsKernel(name), KERNELS[name][1], nobleCurves[name]),
  );
}
