import { createPublicKey, verify } from 'node:crypto';
import { concatBytes, sha256Of, utf8 } from '@keymesh/foundation';
import { jubjub, jubjub_findGroupHash } from '@noble/curves/misc.js';
import { schnorr } from '@noble/curves/secp256k1.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { verify as verifySr25519 } from '@scure/sr25519';
import type { FrostScheme } from '../../src/frost/index.ts';
import { nobleSuites } from './noble-suites.ts';

type Verifier = (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** Node's own EdDSA, for keys whose SubjectPublicKeyInfo starts with the prefix (RFC 8410). */
const byNode =
  (prefix: string): Verifier =>
  (key, message, signature) => {
    const der = Buffer.concat([Buffer.from(prefix, 'hex'), key]);
    return verify(null, message, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature);
  };

const byNobleFrost =
  (scheme: FrostScheme): Verifier =>
  (key, message, signature) =>
    nobleSuites[scheme]?.verify(signature, message, key) ?? false;

/** Zcash protocol specification §5.4.7 from noble's parts: its Jubjub, and the base point by its definition. */
const byRedJubjub: Verifier = (key, message, signature) => {
  const base = jubjub_findGroupHash(new Uint8Array(0), utf8('Zcash_G_'));
  const number = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  const digest = blake2b(concatBytes(signature.slice(0, 32), key, message), {
    dkLen: 64,
    personalization: utf8('Zcash_RedJubjubH'),
  });
  const challenge = jubjub.Point.Fn.create(number(digest));
  const right = jubjub.Point.fromBytes(signature.slice(0, 32)).add(jubjub.Point.fromBytes(key).multiply(challenge));
  return base
    .multiply(number(signature.slice(32)))
    .subtract(right)
    .clearCofactor()
    .is0();
};

/**
 * Verifiers that share no code with our suites. decaf377-rdsa has none in JavaScript: there it is the reference
 * network's client that judges (`reference-client.test.ts`), as it does for all the others too.
 */
export const independentVerifiers: Partial<Record<FrostScheme, Verifier>> = {
  SchnorrEd25519Sha512: byNode('302a300506032b6570032100'),
  SchnorrEd448Shake256: byNode('3043300506032b6571033a00'),
  SchnorrK256Taproot: (key, message, signature) => schnorr.verify(signature, sha256Of(message), key.slice(1)),
  ...Object.fromEntries(
    (['SchnorrK256Sha256', 'SchnorrP256Sha256', 'SchnorrP384Sha384', 'SchnorrRistretto25519Sha512'] as const).map(
      (scheme) => [scheme, byNobleFrost(scheme)],
    ),
  ),
  SchnorrRedJubjubBlake2b512: byRedJubjub,
  SchnorrkelSubstrate: (key, message, signature) => verifySr25519(message, signature, key),
};
