import type { CurveName } from './curves/curve.ts';

/**
 * The root keys that one key generation makes (docs/spec/network.md §2). The numbers are on chain and in encodings:
 * they never change and are never used again for something else.
 */
export const ROOT_KEYS = {
  'bls12381-decryption': { kind: 1, curve: 'bls12381g1' },
  secp256k1: { kind: 2, curve: 'secp256k1' },
  ed25519: { kind: 3, curve: 'ed25519' },
  'bls12381-sessions': { kind: 4, curve: 'bls12381g1' },
  p256: { kind: 5, curve: 'p256' },
  p384: { kind: 6, curve: 'p384' },
  ristretto255: { kind: 7, curve: 'ristretto255' },
  ed448: { kind: 8, curve: 'ed448' },
  redjubjub: { kind: 9, curve: 'redjubjub' },
  decaf377: { kind: 10, curve: 'decaf377' },
} as const satisfies Record<string, { readonly kind: number; readonly curve: CurveName }>;

export type RootKeyName = keyof typeof ROOT_KEYS;

/** In the order of their kinds, which is the order in every encoding. */
export const ROOT_KEY_NAMES: readonly RootKeyName[] = [
  'bls12381-decryption',
  'secp256k1',
  'ed25519',
  'bls12381-sessions',
  'p256',
  'p384',
  'ristretto255',
  'ed448',
  'redjubjub',
  'decaf377',
];

/** The public result of a key generation. Anyone may hold it; clients verify shares against it. */
export interface PublicKeyPackage {
  /** n, the committee's size. */
  readonly partyCount: number;
  /** t, also the number of commitments of each root. */
  readonly threshold: number;
  /** In the order of `ROOT_KEY_NAMES`. */
  readonly roots: readonly RootPublicKey[];
}

export interface RootPublicKey {
  readonly name: RootKeyName;
  /** Encoded commitments to the coefficients of the summed polynomial; the first is the root public key. */
  readonly commitments: readonly Uint8Array[];
}
