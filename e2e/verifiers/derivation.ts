import { expand_message_xmd, expand_message_xof, hash_to_field } from '@noble/curves/abstract/hash-to-curve.js';
import { ed448 } from '@noble/curves/ed448.js';
import { ed25519, ristretto255 } from '@noble/curves/ed25519.js';
import { jubjub, jubjub_findGroupHash } from '@noble/curves/misc.js';
import { p256, p384 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { keccak_256, shake256 } from '@noble/hashes/sha3.js';
import type { CHash } from '@noble/hashes/utils.js';
import { DECAF377_BASE, DECAF377_ORDER, decodeDecaf377, isSameElement } from './decaf377.ts';

/** Numbers of the root keys on chain (docs/spec/network.md §2). */
const KIND = {
  secp256k1: 2,
  ed25519: 3,
  blsSessions: 4,
  p256: 5,
  p384: 6,
  ristretto255: 7,
  ed448: 8,
  redjubjub: 9,
  decaf377: 10,
} as const;
const WIDE_BYTES = 64;
const ED448_EXPANDED_BYTES = 84;
/** The base point of RedJubjub by its definition (ZCash protocol §5.4.7.1). */
export const JUBJUB_BASE = jubjub_findGroupHash(new Uint8Array(0), new TextEncoder().encode('Zcash_G_'));

type Scheme =
  | 'EcdsaK256Sha256'
  | 'EcdsaP256Sha256'
  | 'EcdsaP384Sha384'
  | 'SchnorrEd25519Sha512'
  | 'SchnorrEd448Shake256'
  | 'SchnorrRistretto25519Sha512'
  | 'SchnorrK256Sha256'
  | 'SchnorrP256Sha256'
  | 'SchnorrP384Sha384'
  | 'SchnorrK256Taproot'
  | 'SchnorrRedJubjubBlake2b512'
  | 'SchnorrkelSubstrate'
  | 'Bls12381';

/** A minted key's public key for every scheme but that of decaf377, in the scheme's encoding. */
export type PublicKeys = Readonly<Record<Scheme, Uint8Array>> & { readonly uncompressed: Uint8Array };

/** child = root + h(keyId)·G on each curve, by noble alone: none of the network's code. */
export function derivePublicKeys(roots: ReadonlyMap<number, Uint8Array>, keyId: Uint8Array): PublicKeys {
  const root = (kind: number) => rootOf(roots, kind);
  const k256 = secp256k1.Point.fromBytes(root(KIND.secp256k1)).add(
    secp256k1.Point.BASE.multiply(fieldTweak(keyId, 'K256_XMD:SHA-256_SSWU', secp256k1.Point.Fn.ORDER, sha256, 128)),
  );
  const nist256 = p256.Point.fromBytes(root(KIND.p256))
    .add(p256.Point.BASE.multiply(fieldTweak(keyId, 'P256_XMD:SHA-256_SSWU', p256.Point.Fn.ORDER, sha256, 128)))
    .toBytes(true);
  const nist384 = p384.Point.fromBytes(root(KIND.p384))
    .add(p384.Point.BASE.multiply(fieldTweak(keyId, 'P384_XMD:SHA-384_SSWU', p384.Point.Fn.ORDER, sha384, 192)))
    .toBytes(true);
  const edwards = ed25519.Point.fromBytes(root(KIND.ed25519))
    .add(ed25519.Point.BASE.multiply(wideTweak(keyId, 'ED25519_XMD:SHA-512_ELL2', ed25519.Point.Fn.ORDER, sha512)))
    .toBytes();
  const { Point: Ristretto } = ristretto255;
  const ristretto = Ristretto.fromBytes(root(KIND.ristretto255))
    .add(Ristretto.BASE.multiply(wideTweak(keyId, 'RISTRETTO255_XMD:SHA-512_ELL2', Ristretto.Fn.ORDER, sha512)))
    .toBytes();
  const goldilocks = ed448.Point.fromBytes(root(KIND.ed448))
    .add(ed448.Point.BASE.multiply(ed448Tweak(keyId)))
    .toBytes();
  const sapling = jubjub.Point.fromBytes(root(KIND.redjubjub))
    .add(JUBJUB_BASE.multiply(wideTweak(keyId, 'REDJUBJUB_XMD:BLAKE2B-512_ELL2', jubjub.Point.Fn.ORDER, blake2b)))
    .toBytes();
  return {
    uncompressed: k256.toBytes(false),
    EcdsaK256Sha256: k256.toBytes(true),
    EcdsaP256Sha256: nist256,
    EcdsaP384Sha384: nist384,
    SchnorrEd25519Sha512: edwards,
    SchnorrEd448Shake256: goldilocks,
    SchnorrRistretto25519Sha512: ristretto,
    SchnorrK256Sha256: k256.toBytes(true),
    SchnorrP256Sha256: nist256,
    SchnorrP384Sha384: nist384,
    SchnorrK256Taproot: k256.toBytes(true).slice(1),
    SchnorrRedJubjubBlake2b512: sapling,
    SchnorrkelSubstrate: ristretto,
    Bls12381: root(KIND.blsSessions),
  };
}

/** Whether an encoding is the key's child on decaf377, which noble does not have: this folder decodes, and compares. */
export function isDecaf377Key(
  roots: ReadonlyMap<number, Uint8Array>,
  keyId: Uint8Array,
  publicKey: Uint8Array,
): boolean {
  const tweak = wideTweak(keyId, 'DECAF377_XMD:BLAKE2B-512_ELL2', DECAF377_ORDER, blake2b);
  const child = decodeDecaf377(rootOf(roots, KIND.decaf377)).add(DECAF377_BASE.multiply(tweak));
  return isSameElement(child, decodeDecaf377(publicKey));
}

/** keccak256 of the 65 uncompressed bytes, as 0x and 64 digits. */
export function tokenIdOf(uncompressed: Uint8Array): string {
  return `0x${Buffer.from(keccak_256(uncompressed)).toString('hex')}`;
}

function rootOf(roots: ReadonlyMap<number, Uint8Array>, kind: number): Uint8Array {
  const bytes = roots.get(kind);
  if (bytes === undefined) throw new Error(`The chain has no root key of kind ${kind}.`);
  return bytes;
}

const tagOf = (middle: string): string => `LIT_HD_KEY_ID_${middle}_RO_NUL_`;

/** RFC 9380 §5.2 with m = 1. */
function fieldTweak(keyId: Uint8Array, tag: string, order: bigint, hash: CHash, k: number): bigint {
  const options = { DST: tagOf(tag), p: order, m: 1, k, expand: 'xmd', hash } as const;
  const [[tweak]] = hash_to_field(keyId, 1, options) as [[bigint]];
  return tweak;
}

/** As the reference does on these curves: 64 bytes, least significant first. */
function wideTweak(keyId: Uint8Array, tag: string, order: bigint, hash: CHash): bigint {
  const expanded = expand_message_xmd(keyId, new TextEncoder().encode(tagOf(tag)), WIDE_BYTES, hash);
  return BigInt(`0x${Buffer.from(expanded).reverse().toString('hex')}`) % order;
}

/** RFC 9380 §5.2 with expand_message_xof, m = 1, k = 224 and L = 84. */
function ed448Tweak(keyId: Uint8Array): bigint {
  const tag = new TextEncoder().encode(tagOf('ED448_XOF:SHAKE-256_ELL2'));
  const expanded = expand_message_xof(keyId, tag, ED448_EXPANDED_BYTES, 224, shake256);
  return BigInt(`0x${Buffer.from(expanded).toString('hex')}`) % ed448.Point.Fn.ORDER;
}
