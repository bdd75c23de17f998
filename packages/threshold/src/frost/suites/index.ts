import type { FrostSuites } from '../suite.ts';
import { frostEd448 } from './ed448.ts';
import { frostEd25519 } from './ed25519.ts';
import { frostP256 } from './p256.ts';
import { frostP384 } from './p384.ts';
import { frostRedDecaf377 } from './red-decaf377.ts';
import { frostRedJubjub } from './redjubjub.ts';
import { frostRistretto255 } from './ristretto255.ts';
import { frostSchnorrkel } from './schnorrkel.ts';
import { frostSecp256k1 } from './secp256k1.ts';
import { frostTaproot } from './taproot.ts';

/** Every suite under the name of its scheme. */
export const frostSuites: FrostSuites = {
  SchnorrEd25519Sha512: frostEd25519,
  SchnorrK256Sha256: frostSecp256k1,
  SchnorrK256Taproot: frostTaproot,
  SchnorrP256Sha256: frostP256,
  SchnorrP384Sha384: frostP384,
  SchnorrRistretto25519Sha512: frostRistretto255,
  SchnorrEd448Shake256: frostEd448,
  SchnorrRedJubjubBlake2b512: frostRedJubjub,
  SchnorrRedDecaf377Blake2b512: frostRedDecaf377,
  SchnorrkelSubstrate: frostSchnorrkel,
};
