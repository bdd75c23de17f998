import * as v from 'valibot';

/** Names of the root keys of `@keymesh/threshold`, repeated as strings because layers do not import sideways. */
export type SchemeRoot =
  | 'secp256k1'
  | 'ed25519'
  | 'bls12381-sessions'
  | 'p256'
  | 'p384'
  | 'ristretto255'
  | 'ed448'
  | 'redjubjub'
  | 'decaf377';

/**
 * How a public key is written. `sec1-compressed`: SEC 1 §2.3.3, a sign byte and x. `ed25519`, `ed448`: RFC 8032.
 * `ristretto255`: RFC 9496, which sr25519 uses as well. `redjubjub`: ZCash protocol §5.4.9.3. `decaf377`: Penumbra
 * protocol. `bip340-x-only`: x alone, of the point with even y. `bls12381-g1`: compressed, ZCash.
 */
export type PublicKeyEncoding =
  | 'sec1-compressed'
  | 'ed25519'
  | 'ed448'
  | 'ristretto255'
  | 'redjubjub'
  | 'decaf377'
  | 'bip340-x-only'
  | 'bls12381-g1';

/** What client and node must agree on about a scheme to frame its messages. Lengths are in bytes. */
export interface Scheme {
  readonly root: SchemeRoot;
  /**
   * `ecdsa`: presignatures, and then one partial signature. `frost`: two rounds with nonce commitments. `bls`: one
   * round, nothing to commit to.
   */
  readonly kind: 'ecdsa' | 'frost' | 'bls';
  /** Whether the signing key is the token's child key or the root key itself. */
  readonly derived: boolean;
  readonly publicKeyEncoding: PublicKeyEncoding;
  readonly publicKeyBytes: number;
  /** Of `ecdsa`: r and s, each as long as the group's order. */
  readonly signatureBytes: number;
  /** One partial signature. */
  readonly shareBytes: number;
  /** One of the two nonce commitments; 0 where there are none. */
  readonly commitmentBytes: number;
  /** The length that a message must have: that of a digest for `ecdsa`. Undefined where any message can be signed. */
  readonly messageBytes: number | undefined;
}

/** The schemes of docs/spec/network.md §8, with the names of the reference. */
export const SCHEMES = {
  EcdsaK256Sha256: {
    root: 'secp256k1',
    kind: 'ecdsa',
    derived: true,
    publicKeyEncoding: 'sec1-compressed',
    publicKeyBytes: 33,
    signatureBytes: 64,
    shareBytes: 32,
    commitmentBytes: 0,
    messageBytes: 32,
  },
  EcdsaP256Sha256: {
    root: 'p256',
    kind: 'ecdsa',
    derived: true,
    publicKeyEncoding: 'sec1-compressed',
    publicKeyBytes: 33,
    signatureBytes: 64,
    shareBytes: 32,
    commitmentBytes: 0,
    messageBytes: 32,
  },
  EcdsaP384Sha384: {
    root: 'p384',
    kind: 'ecdsa',
    derived: true,
    publicKeyEncoding: 'sec1-compressed',
    publicKeyBytes: 49,
    signatureBytes: 96,
    shareBytes: 48,
    commitmentBytes: 0,
    messageBytes: 48,
  },
  SchnorrEd25519Sha512: {
    root: 'ed25519',
    kind: 'frost',
    derived: true,
    publicKeyEncoding: 'ed25519',
    publicKeyBytes: 32,
    signatureBytes: 64,
    shareBytes: 32,
    commitmentBytes: 32,
    messageBytes: undefined,
  },
  SchnorrEd448Shake256: {
    root: 'ed448',
    kind: 'frost',
    derived: true,
    publicKeyEncoding: 'ed448',
    publicKeyBytes: 57,
    signatureBytes: 114,
    shareBytes: 57,
    commitmentBytes: 57,
    messageBytes: undefined,
  },
  SchnorrRistretto25519Sha512: {
    root: 'ristretto255',
    kind: 'frost',
    derived: true,
    publicKeyEncoding: 'ristretto255',
    publicKeyBytes: 32,
    signatureBytes: 64,
    shareBytes: 32,
    commitmentBytes: 32,
    messageBytes: undefined,
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
    messageBytes: undefined,
  },
  SchnorrP256Sha256: {
    root: 'p256',
    kind: 'frost',
    derived: true,
    publicKeyEncoding: 'sec1-compressed',
    publicKeyBytes: 33,
    signatureBytes: 65,
    shareBytes: 32,
    commitmentBytes: 33,
    messageBytes: undefined,
  },
  SchnorrP384Sha384: {
    root: 'p384',
    kind: 'frost',
    derived: true,
    publicKeyEncoding: 'sec1-compressed',
    publicKeyBytes: 49,
    signatureBytes: 97,
    shareBytes: 48,
    commitmentBytes: 49,
    messageBytes: undefined,
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
    messageBytes: undefined,
  },
  SchnorrRedJubjubBlake2b512: {
    root: 'redjubjub',
    kind: 'frost',
    derived: true,
    publicKeyEncoding: 'redjubjub',
    publicKeyBytes: 32,
    signatureBytes: 64,
    shareBytes: 32,
    commitmentBytes: 32,
    messageBytes: undefined,
  },
  SchnorrRedDecaf377Blake2b512: {
    root: 'decaf377',
    kind: 'frost',
    derived: true,
    publicKeyEncoding: 'decaf377',
    publicKeyBytes: 32,
    signatureBytes: 64,
    shareBytes: 32,
    commitmentBytes: 32,
    messageBytes: undefined,
  },
  SchnorrkelSubstrate: {
    root: 'ristretto255',
    kind: 'frost',
    derived: true,
    publicKeyEncoding: 'ristretto255',
    publicKeyBytes: 32,
    signatureBytes: 64,
    shareBytes: 32,
    commitmentBytes: 32,
    messageBytes: undefined,
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
    messageBytes: undefined,
  },
} as const satisfies Record<string, Scheme>;

export type SchemeName = keyof typeof SCHEMES;

/** The schemes of one kind. */
export type SchemeNameOf<Kind extends Scheme['kind']> = {
  [Name in SchemeName]: (typeof SCHEMES)[Name]['kind'] extends Kind ? Name : never;
}[SchemeName];

export function isSchemeOf<Kind extends Scheme['kind']>(kind: Kind, name: SchemeName): name is SchemeNameOf<Kind> {
  return SCHEMES[name].kind === kind;
}

export const SCHEME_NAMES = Object.keys(SCHEMES) as readonly SchemeName[];

export const schemeNameSchema = v.picklist(SCHEME_NAMES);
