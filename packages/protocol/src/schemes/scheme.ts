import * as v from 'valibot';

/** Names of the root keys of `@keymesh/threshold`, repeated as strings because layers do not import sideways. */
export type SchemeRoot = 'secp256k1' | 'ed25519' | 'bls12381-sessions';

/** What client and node must agree on about a scheme to frame its messages. Lengths are in bytes. */
export interface Scheme {
  readonly root: SchemeRoot;
  /** `frost`: two rounds with nonce commitments. `bls`: one round, nothing to commit to. */
  readonly kind: 'frost' | 'bls';
  /** Whether the signing key is the token's child key or the root key itself. */
  readonly derived: boolean;
  /** `ed25519`: RFC 8032. `sec1-compressed`: 33 bytes. `bip340-x-only`: 32 bytes. `bls12381-g1`: compressed, ZCash. */
  readonly publicKeyEncoding: 'ed25519' | 'sec1-compressed' | 'bip340-x-only' | 'bls12381-g1';
  readonly publicKeyBytes: number;
  readonly signatureBytes: number;
  /** One partial signature. */
  readonly shareBytes: number;
  /** One of the two nonce commitments; 0 where there are none. */
  readonly commitmentBytes: number;
}

/** The schemes of docs/spec/network.md §8; names as in the reference where it has the scheme. */
export const SCHEMES = {
  SchnorrEd25519Sha512: {
    root: 'ed25519',
    kind: 'frost',
    derived: true,
    publicKeyEncoding: 'ed25519',
    publicKeyBytes: 32,
    signatureBytes: 64,
    shareBytes: 32,
    commitmentBytes: 32,
  },
  SchnorrK256Sha256: {
    root: 'secp256k1',
    kind: 'frost',
    derived: true,
    publicKeyEncoding: 'sec1-compressed',
    publicKeyBytes: 33,
    signatureBytes: 65,
    shareBytes: 32,
    commitmentBytes: 33,
  },
  SchnorrK256Taproot: {
    root: 'secp256k1',
    kind: 'frost',
    derived: true,
    publicKeyEncoding: 'bip340-x-only',
    publicKeyBytes: 32,
    signatureBytes: 64,
    shareBytes: 32,
    commitmentBytes: 33,
  },
  Bls12381: {
    root: 'bls12381-sessions',
    kind: 'bls',
    derived: false,
    publicKeyEncoding: 'bls12381-g1',
    publicKeyBytes: 48,
    signatureBytes: 96,
    shareBytes: 96,
    commitmentBytes: 0,
  },
} as const satisfies Record<string, Scheme>;

export type SchemeName = keyof typeof SCHEMES;

export const SCHEME_NAMES = Object.keys(SCHEMES) as readonly SchemeName[];

export const schemeNameSchema = v.picklist(SCHEME_NAMES);
