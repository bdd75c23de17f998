import { createHash, createPublicKey, type KeyObject, verify as verifyWithOpenSsl } from 'node:crypto';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { p256, p384 } from '@noble/curves/nist.js';
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { verify as verifySr25519 } from '@scure/sr25519';
import { byFrostK256, byFrostP256, byFrostP384, byRedDecaf377, byRedJubjub, byRistretto } from './schnorr.ts';

/** What a verifier is given. */
export interface Signed {
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
  /** The message; for ECDSA as well, which signs its hash. */
  readonly message: Uint8Array;
  /** 0x and 64 digits. */
  readonly tokenId: string;
}

type Verifier = (signed: Signed) => boolean;

/** The ciphersuite of draft-irtf-cfrg-bls-signature with proof of possession, signatures in G2. */
const BLS_POP_TAG = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_';
const ACCOUNT_DOMAIN = Buffer.from('keymesh/account-signature/v1');
/** Hashes by which a message becomes what an ECDSA scheme signs. */
const DIGESTS: Readonly<Record<string, string>> = {
  EcdsaK256Sha256: 'sha256',
  EcdsaP256Sha256: 'sha256',
  EcdsaP384Sha384: 'sha384',
};

/** For each scheme a verifier that shares no code with the network. */
export const VERIFIERS: Readonly<Record<string, Verifier>> = {
  EcdsaK256Sha256: byEcdsa('secp256k1', secp256k1),
  EcdsaP256Sha256: byEcdsa('P-256', p256),
  EcdsaP384Sha384: byEcdsa('P-384', p384),
  /** OpenSSL, for keys whose SubjectPublicKeyInfo begins so (RFC 8410 §4). */
  SchnorrEd25519Sha512: byEdDsa('302a300506032b6570032100'),
  SchnorrEd448Shake256: byEdDsa('3043300506032b6571033a00'),
  SchnorrRistretto25519Sha512: byRistretto,
  SchnorrK256Sha256: byFrostK256,
  SchnorrP256Sha256: byFrostP256,
  SchnorrP384Sha384: byFrostP384,
  /** noble's BIP-340 over SHA-256 of the message. */
  SchnorrK256Taproot: ({ signature, publicKey, message }) => schnorr.verify(signature, sha256(message), publicKey),
  SchnorrRedJubjubBlake2b512: byRedJubjub,
  SchnorrRedDecaf377Blake2b512: byRedDecaf377,
  /** `@scure/sr25519`, signing context `substrate`. */
  SchnorrkelSubstrate: ({ signature, publicKey, message }) => verifySr25519(message, signature, publicKey),
  /** noble's BLS over the account message of docs/spec/network.md §8. */
  Bls12381: ({ signature, publicKey, message, tokenId }) => {
    const { longSignatures } = bls12_381;
    const account = accountMessage(tokenId, message);
    return longSignatures.verify(signature, longSignatures.hash(account, BLS_POP_TAG), publicKey);
  },
};

export const SCHEMES = Object.keys(VERIFIERS);
export const ECDSA_SCHEMES = Object.keys(DIGESTS);
/** Those whose signers need a preparation and no digest. */
export const FROST_SCHEMES = SCHEMES.filter((scheme) => scheme !== 'Bls12381' && !ECDSA_SCHEMES.includes(scheme));
/** One of each kind, where a test is about what happens between nodes and not about curves. */
export const ONE_OF_EACH = ['EcdsaK256Sha256', 'SchnorrEd25519Sha512', 'SchnorrK256Taproot', 'Bls12381'];

/** What the network is given to sign a message: the digest for ECDSA, for all others the message itself. */
export function signable(scheme: string, message: string | Uint8Array): Uint8Array {
  const algorithm = DIGESTS[scheme];
  const bytes = toBytes(message);
  return algorithm === undefined ? bytes : new Uint8Array(createHash(algorithm).update(bytes).digest());
}

/** What the nodes sign with the BLS key that accounts share (docs/spec/network.md §8). */
export function accountMessage(tokenId: string, message: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([ACCOUNT_DOMAIN, Buffer.from(tokenId.slice(2), 'hex'), message]));
}

/** Bytes as they are, or as the command prints them in hex. */
export function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === 'string' ? new Uint8Array(Buffer.from(value.replace(/^0x/, ''), 'hex')) : value;
}

/** Whether what `keymesh sign --json` printed, or the SDK returned, is a signature of the message under its key. */
export function isGoodSignature(
  signed: {
    readonly scheme: string;
    readonly signature: string | Uint8Array;
    readonly publicKey: string | Uint8Array;
  },
  message: string | Uint8Array,
  tokenId: string,
): boolean {
  const verify = VERIFIERS[signed.scheme];
  if (verify === undefined) throw new Error(`No verifier for ${signed.scheme}.`);
  return verify({
    signature: bytesOf(signed.signature),
    publicKey: bytesOf(signed.publicKey),
    message: toBytes(message),
    tokenId,
  });
}

/** OpenSSL, which hashes the message itself; and s must be at most half of the order, as Ethereum wants it (EIP-2). */
function byEcdsa(jwkCurve: string, { Point }: typeof secp256k1 | typeof p256 | typeof p384): Verifier {
  return ({ signature, publicKey, message }) => {
    const { x, y } = Point.fromBytes(publicKey);
    const width = Point.Fp.BYTES;
    const key = { kty: 'EC', crv: jwkCurve, x: base64Url(x, width), y: base64Url(y, width) };
    const algorithm = jwkCurve === 'P-384' ? 'sha384' : 'sha256';
    const s = BigInt(`0x${Buffer.from(signature.subarray(signature.length / 2)).toString('hex')}`);
    if (2n * s > Point.Fn.ORDER) return false;
    const object = createPublicKey({ key, format: 'jwk' });
    return verifyWithOpenSsl(algorithm, message, { key: object, dsaEncoding: 'ieee-p1363' }, signature);
  };
}

function byEdDsa(spkiPrefix: string): Verifier {
  const keyOf = (publicKey: Uint8Array): KeyObject =>
    createPublicKey({ key: Buffer.concat([Buffer.from(spkiPrefix, 'hex'), publicKey]), format: 'der', type: 'spki' });
  return ({ signature, publicKey, message }) => verifyWithOpenSsl(null, message, keyOf(publicKey), signature);
}

function base64Url(value: bigint, bytes: number): string {
  return Buffer.from(value.toString(16).padStart(2 * bytes, '0'), 'hex').toString('base64url');
}

function toBytes(message: string | Uint8Array): Uint8Array {
  return typeof message === 'string' ? new Uint8Array(Buffer.from(message)) : message;
}
