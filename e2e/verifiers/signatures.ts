import { createPublicKey, verify as verifyWithOpenSsl } from 'node:crypto';
import { hash_to_field } from '@noble/curves/abstract/hash-to-curve.js';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';

/** What a verifier is given. */
export interface Signed {
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  /** 0x and 64 digits. */
  readonly tokenId: string;
}

/** DER of an Ed25519 public key up to the key itself (RFC 8410 §4). */
const ED25519_SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
/** The ciphersuite of draft-irtf-cfrg-bls-signature with proof of possession, signatures in G2. */
const BLS_POP_TAG = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_';
const ACCOUNT_DOMAIN = Buffer.from('keymesh/account-signature/v1');
const SECP256K1_POINT_BYTES = 33;

/** For each scheme a verifier that shares no code with the network. */
export const VERIFIERS: Readonly<Record<string, (signed: Signed) => boolean>> = {
  /** OpenSSL. */
  SchnorrEd25519Sha512: ({ signature, publicKey, message }) =>
    verifyWithOpenSsl(
      null,
      message,
      createPublicKey({ key: Buffer.concat([ED25519_SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' }),
      signature,
    ),

  /** noble's BIP-340 over SHA-256 of the message. */
  SchnorrK256Taproot: ({ signature, publicKey, message }) => schnorr.verify(signature, sha256(message), publicKey),

  /** The equation of RFC 9591 §6.5 and appendix B: z·G = R + c·PK, c = H2(R ‖ PK ‖ message). */
  SchnorrK256Sha256: ({ signature, publicKey, message }) => {
    if (signature.length !== SECP256K1_POINT_BYTES + 32) return false;
    const encodedR = signature.subarray(0, SECP256K1_POINT_BYTES);
    const z = BigInt(`0x${Buffer.from(signature.subarray(SECP256K1_POINT_BYTES)).toString('hex')}`);
    const { Point } = secp256k1;
    const [[challenge]] = hash_to_field(Buffer.concat([encodedR, publicKey, message]), 1, {
      DST: 'FROST-secp256k1-SHA256-v1chal',
      p: Point.Fn.ORDER,
      m: 1,
      k: 128,
      expand: 'xmd',
      hash: sha256,
    }) as [[bigint]];
    if (z >= Point.Fn.ORDER) return false;
    const right = Point.fromBytes(encodedR).add(Point.fromBytes(publicKey).multiply(challenge));
    return Point.BASE.multiply(z).equals(right);
  },

  /** noble's BLS over the account message of docs/spec/network.md §8. */
  Bls12381: ({ signature, publicKey, message, tokenId }) => {
    const account = Buffer.concat([ACCOUNT_DOMAIN, Buffer.from(tokenId.slice(2), 'hex'), message]);
    const { longSignatures } = bls12_381;
    return longSignatures.verify(signature, longSignatures.hash(account, BLS_POP_TAG), publicKey);
  },
};

export const SCHEMES = Object.keys(VERIFIERS);

export function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replace(/^0x/, ''), 'hex'));
}

/** Whether what `keymesh sign --json` printed is a signature of the message under the key that it names. */
export function isGoodSignature(
  printed: { readonly scheme: string; readonly signature: string; readonly publicKey: string },
  message: string | Uint8Array,
  tokenId: string,
): boolean {
  const verify = VERIFIERS[printed.scheme];
  if (verify === undefined) throw new Error(`No verifier for ${printed.scheme}.`);
  return verify({
    signature: bytesOf(printed.signature),
    publicKey: bytesOf(printed.publicKey),
    message: typeof message === 'string' ? Buffer.from(message) : message,
    tokenId,
  });
}
