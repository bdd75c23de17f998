import { createOpensslPrimitives, type NodeKeys } from '@keymesh/protocol/openssl-primitives';
import type { Primitives } from '@keymesh/protocol/primitives';
import type { BlsBackend } from '@keymesh/threshold/bls';
import { loadNativeBls } from '@keymesh/threshold/bls-native';
import type { Curves } from '@keymesh/threshold/curves';
import { loadNativeCurves } from '@keymesh/threshold/native';
import { loadBls as loadPortableBls, loadPrimitives as loadPortablePrimitives } from './portable.ts';

/**
 * What `#backends` is under Node and what understands its native modules: libsecp256k1 and libsodium, each only where
 * it loads. Browsers get `portable.ts` by the conditions in package.json and never see this file.
 */
export function loadCurves(): Promise<Curves> {
  return loadNativeCurves();
}

/** blst where it loads, with the portable backend for pairings, which it does not offer. */
export async function loadBls(): Promise<BlsBackend> {
  const portable = await loadPortableBls();
  try {
    return await loadNativeBls(portable);
  } catch {
    return portable;
  }
}

/** How Node gives a built-in module without an import, which other platforms could not resolve. */
interface NodeProcess {
  getBuiltinModule?(name: 'node:crypto'): NodeKeys | undefined;
}

/** OpenSSL's: the keys of a sealed request would otherwise be most of what a signature costs the client. */
export function loadPrimitives(): Primitives {
  const { process } = globalThis as { readonly process?: NodeProcess };
  const crypto = process?.getBuiltinModule?.('node:crypto');
  return crypto === undefined ? loadPortablePrimitives() : createOpensslPrimitives(crypto, 'short-lived');
}
