import type { FrostScheme, FrostSuite } from '../suite.ts';
import { frostEd25519 } from './ed25519.ts';
import { frostSecp256k1 } from './secp256k1.ts';
import { frostTaproot } from './taproot.ts';

/** Every suite under the name of its scheme. */
export const frostSuites: Readonly<Record<FrostScheme, FrostSuite>> = {
  SchnorrEd25519Sha512: frostEd25519,
  SchnorrK256Sha256: frostSecp256k1,
  SchnorrK256Taproot: frostTaproot,
};
