import { equalBytes } from '@keymesh/foundation';
import type { AllCurves, Curve } from '../curve.ts';
import { nobleCurves } from '../noble.ts';
import { createLibsodiumCurve } from './ed25519.ts';
import { createLibsecp256k1Curve } from './secp256k1.ts';

/** For the self-test: an arbitrary scalar that is valid on every curve. */
const SELF_TEST_SCALAR = 0x6b65796d6573682f73656c662d746573742f6e61746976652f6375727665n;

/**
 * The curves over native libraries where these load, and over noble where they do not; `curve.backend` says which it
 * is. Each native curve must first reproduce two products of noble. The other curves stay with noble: no well-kept native
 * package exposes their group operations.
 *
 * This is the only module of the package that reaches for native code, so that browsers never see it.
 */
export async function loadNativeCurves(): Promise<AllCurves> {
  const [secp256k1, ed25519] = await Promise.all([
    // `/bindings` and not the main entry, which would silently fall back to a JavaScript implementation.
    load(nobleCurves.secp256k1, async () => createLibsecp256k1Curve((await import('secp256k1/bindings.js')).default)),
    load(nobleCurves.ed25519, async () => createLibsodiumCurve((await import('sodium-native')).default)),
  ]);
  return { ...nobleCurves, secp256k1, ed25519 };
}

async function load(reference: Curve, create: () => Promise<Curve>): Promise<Curve> {
  try {
    const curve = await create();
    return agrees(curve, reference) ? curve : reference;
  } catch {
    return reference;
  }
}

function agrees(curve: Curve, reference: Curve): boolean {
  const products = (of: Curve): Uint8Array[] => {
    const first = of.multiplyBase(SELF_TEST_SCALAR);
    return [of.encodePoint(first), of.encodePoint(of.multiply(first, SELF_TEST_SCALAR))];
  };
  const expected = products(reference);
  return products(curve).every((bytes, i) => equalBytes(bytes, expected[i] as Uint8Array));
}
