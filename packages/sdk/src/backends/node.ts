import type { BlsBackend } from '@keymesh/threshold/bls';
import { loadNativeBls } from '@keymesh/threshold/bls-native';
import type { Curves } from '@keymesh/threshold/curves';
import { loadNativeCurves } from '@keymesh/threshold/native';
import { loadBls as loadPortableBls } from './portable.ts';

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
