import { createFROST, type FROST } from '@noble/curves/abstract/frost.js';
import { hash_to_field } from '@noble/curves/abstract/hash-to-curve.js';
import { ed448_FROST } from '@noble/curves/ed448.js';
import { ed25519_FROST, ristretto255_FROST } from '@noble/curves/ed25519.js';
import { p256_FROST, p384 } from '@noble/curves/nist.js';
import { secp256k1_FROST } from '@noble/curves/secp256k1.js';
import { sha384 } from '@noble/hashes/sha2.js';
import type { FrostScheme } from '../../src/frost/index.ts';

/** Not in the RFC and not in noble, but noble can be told: `hash_to_field` at 192 bits of security, so L = 72. */
const p384_FROST = createFROST({
  name: 'FROST-P384-SHA384-v1',
  Point: p384.Point,
  hash: sha384,
  hashToScalar: (message, options) => {
    const { ORDER } = p384.Point.Fn;
    const [[scalar]] = hash_to_field(message, 1, {
      DST: options?.DST as Uint8Array,
      p: ORDER,
      m: 1,
      k: 192,
      expand: 'xmd',
      hash: sha384,
    }) as [[bigint]];
    return scalar;
  },
});

/** The FROST of `@noble/curves`, for the suites that it can express. */
export const nobleSuites: Partial<Record<FrostScheme, FROST>> = {
  SchnorrEd25519Sha512: ed25519_FROST,
  SchnorrK256Sha256: secp256k1_FROST,
  SchnorrP256Sha256: p256_FROST,
  SchnorrP384Sha384: p384_FROST,
  SchnorrRistretto25519Sha512: ristretto255_FROST,
  SchnorrEd448Shake256: ed448_FROST,
};
