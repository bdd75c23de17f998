import type { CurveName } from '../curves/index.ts';

/**
 * What makes FROST over a group a concrete signature scheme (RFC 9591 §6): a curve, five hash functions and the form
 * of the signature. Everything works on encodings, so a suite knows nothing of the implementation of its curve.
 */
export interface FrostSuite<Name extends CurveName = CurveName> {
  /** The `contextString` of the RFC. */
  readonly id: string;
  /** The name under which clients ask for it (docs/spec/network.md §8). */
  readonly scheme: FrostScheme;
  readonly curve: Name;
  /** Length of an encoded signature. Bytes. */
  readonly signatureBytes: number;

  /** H1: a binding factor. */
  hashToBindingFactor(input: Uint8Array): bigint;
  /** H2: the Schnorr challenge over the group commitment, the public key and the message. */
  hashToChallenge(groupCommitment: Uint8Array, publicKey: Uint8Array, message: Uint8Array): bigint;
  /** H3: a nonce. The input is SECRET. */
  hashToNonce(input: Uint8Array): bigint;
  /** H4. */
  hashMessage(message: Uint8Array): Uint8Array;
  /** H5. */
  hashCommitmentList(list: Uint8Array): Uint8Array;

  /** What is signed in place of the application's message. */
  prepareMessage(message: Uint8Array): Uint8Array;
  /**
   * Whether verifiers of this scheme take the negative of the point that these bytes encode, because signatures or
   * keys carry the x coordinate only (BIP-340: an odd y is read as the even one).
   */
  readsAsNegative(encodedPoint: Uint8Array): boolean;
  encodeSignature(groupCommitment: Uint8Array, response: Uint8Array): Uint8Array;
  /** The encoded point that the signature's first part stands for. */
  decodeCommitment(signaturePart: Uint8Array): Uint8Array;
  /** The encoded scalar that the signature's second part stands for; no canonical scalar if the part is malformed. */
  decodeResponse(signaturePart: Uint8Array): Uint8Array;
  /** The public key in the form that verifiers of the scheme use. */
  encodePublicKey(encodedPoint: Uint8Array): Uint8Array;
}

/** The schemes of FROST, one suite for each. */
export type FrostScheme =
  | 'SchnorrEd25519Sha512'
  | 'SchnorrK256Sha256'
  | 'SchnorrK256Taproot'
  | 'SchnorrP256Sha256'
  | 'SchnorrP384Sha384'
  | 'SchnorrRistretto25519Sha512'
  | 'SchnorrEd448Shake256'
  | 'SchnorrRedJubjubBlake2b512'
  | 'SchnorrRedDecaf377Blake2b512'
  | 'SchnorrkelSubstrate';

/** Every suite under the name of its scheme. */
export type FrostSuites = Readonly<Record<FrostScheme, FrostSuite>>;
