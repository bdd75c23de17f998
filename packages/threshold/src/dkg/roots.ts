import type { Curve, Curves } from '../curves/index.ts';
import { ROOT_KEY_NAMES, ROOT_KEYS, type RootKeyName } from '../root-keys.ts';

/** One root key and the group that it lives in. */
export interface Root {
  readonly name: RootKeyName;
  readonly curve: Curve;
}

/** Every root key in the order of all encodings. */
export function rootsOf(curves: Curves): readonly Root[] {
  return ROOT_KEY_NAMES.map((name) => ({ name, curve: curves[ROOT_KEYS[name].curve] }));
}

/** The group of the keys that shares are encrypted to. Any group of prime order in `Curves` would do. */
export function encryptionCurve(curves: Curves): Curve {
  return curves.secp256k1;
}
