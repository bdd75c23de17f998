import { expand_message_xmd, expand_message_xof, hash_to_field } from '@noble/curves/abstract/hash-to-curve.js';
import { ed448 } from '@noble/curves/ed448.js';
import { ed25519, ristretto255 } from '@noble/curves/ed25519.js';
import { jubjub, jubjub_findGroupHash } from '@noble/curves/misc.js';
import { p256, p384 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { shake256 } from '@noble/hashes/sha3.js';
import type { CHash } from '@noble/hashes/utils.js';
import type { DerivableCurveName } from '../../src/derivation/index.ts';

/** The base point of RedJubjub by its definition (ZCash protocol §5.4.7.1). */
const JUBJUB_BASE = jubjub_findGroupHash(new Uint8Array(0), new TextEncoder().encode('Zcash_G_'));

/**
 * root + h(keyId)·G by noble alone, with none of this package's code. noble has no decaf377: that curve has the vectors
 * made in Python only.
 */
export const nobleChildren: Readonly<
  Record<Exclude<DerivableCurveName, 'decaf377'>, (root: Uint8Array, keyId: Uint8Array) => Uint8Array>
> = {
  secp256k1(root, keyId) {
    const { Point } = secp256k1;
    const tweak = fieldTweak(keyId, 'LIT_HD_KEY_ID_K256_XMD:SHA-256_SSWU_RO_NUL_', Point.Fn.ORDER, sha256, 128);
    return Point.fromBytes(root).add(Point.BASE.multiply(tweak)).toBytes(true);
  },
  p256(root, keyId) {
    const { Point } = p256;
    const tweak = fieldTweak(keyId, 'LIT_HD_KEY_ID_P256_XMD:SHA-256_SSWU_RO_NUL_', Point.Fn.ORDER, sha256, 128);
    return Point.fromBytes(root).add(Point.BASE.multiply(tweak)).toBytes(true);
  },
  p384(root, keyId) {
    const { Point } = p384;
    const tweak = fieldTweak(keyId, 'LIT_HD_KEY_ID_P384_XMD:SHA-384_SSWU_RO_NUL_', Point.Fn.ORDER, sha384, 192);
    return Point.fromBytes(root).add(Point.BASE.multiply(tweak)).toBytes(true);
  },
  ed25519(root, keyId) {
    const { Point } = ed25519;
    const tweak = wideTweak(keyId, 'LIT_HD_KEY_ID_ED25519_XMD:SHA-512_ELL2_RO_NUL_', Point.Fn.ORDER, sha512);
    return Point.fromBytes(root).add(Point.BASE.multiply(tweak)).toBytes();
  },
  ristretto255(root, keyId) {
    const { Point } = ristretto255;
    const tweak = wideTweak(keyId, 'LIT_HD_KEY_ID_RISTRETTO255_XMD:SHA-512_ELL2_RO_NUL_', Point.Fn.ORDER, sha512);
    return Point.fromBytes(root).add(Point.BASE.multiply(tweak)).toBytes();
  },
  ed448(root, keyId) {
    const { Point } = ed448;
    const tweak = xofTweak(keyId, 'LIT_HD_KEY_ID_ED448_XOF:SHAKE-256_ELL2_RO_NUL_', Point.Fn.ORDER);
    return Point.fromBytes(root).add(Point.BASE.multiply(tweak)).toBytes();
  },
  redjubjub(root, keyId) {
    const { Point } = jubjub;
    const tweak = wideTweak(keyId, 'LIT_HD_KEY_ID_REDJUBJUB_XMD:BLAKE2B-512_ELL2_RO_NUL_', Point.Fn.ORDER, blake2b);
    return Point.fromBytes(root).add(JUBJUB_BASE.multiply(tweak)).toBytes();
  },
};

/** RFC 9380 §5.2 with m = 1. */
function fieldTweak(keyId: Uint8Array, tag: string, order: bigint, hash: CHash, k: number): bigint {
  const options = { DST: tag, p: order, m: 1, k, expand: 'xmd', hash } as const;
  const [[tweak]] = hash_to_field(keyId, 1, options) as [[bigint]];
  return tweak;
}

/** As the reference does on these curves: 64 bytes, least significant first. */
function wideTweak(keyId: Uint8Array, tag: string, order: bigint, hash: CHash): bigint {
  const expanded = expand_message_xmd(keyId, new TextEncoder().encode(tag), 64, hash);
  return BigInt(`0x${Buffer.from(expanded).reverse().toString('hex')}`) % order;
}

/** RFC 9380 §5.2 with expand_message_xof and L = 84. */
function xofTweak(keyId: Uint8Array, tag: string, order: bigint): bigint {
  const expanded = expand_message_xof(keyId, new TextEncoder().encode(tag), 84, 224, shake256);
  return BigInt(`0x${Buffer.from(expanded).toString('hex')}`) % order;
}
