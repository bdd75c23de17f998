import { utf8 } from '@keymesh/foundation';
import { type CurveName, hashToScalar, nobleCurves } from '../curves/index.ts';
import { ThresholdError } from '../errors.ts';

/** Length of a key identifier. Bytes. */
export const KEY_ID_BYTES = 32;

/**
 * How identifiers become scalars (docs/spec/network.md §2): the reference's parameters, so that its clients compute the
 * same keys. On the curves whose scalars are little-endian it reads 64 bytes little-endian where RFC 9380 §5 has 48
 * big-endian; Ed448, with 84 big-endian, is as the RFC says. Minted keys depend on all of this: it never changes.
 */
const PARAMETERS = {
  secp256k1: {
    hash: 'SHA-256',
    tag: utf8('LIT_HD_KEY_ID_K256_XMD:SHA-256_SSWU_RO_NUL_'),
    expandedBytes: 48,
    byteOrder: 'big',
  },
  ed25519: {
    hash: 'SHA-512',
    tag: utf8('LIT_HD_KEY_ID_ED25519_XMD:SHA-512_ELL2_RO_NUL_'),
    expandedBytes: 64,
    byteOrder: 'little',
  },
  p256: {
    hash: 'SHA-256',
    tag: utf8('LIT_HD_KEY_ID_P256_XMD:SHA-256_SSWU_RO_NUL_'),
    expandedBytes: 48,
    byteOrder: 'big',
  },
  p384: {
    hash: 'SHA-384',
    tag: utf8('LIT_HD_KEY_ID_P384_XMD:SHA-384_SSWU_RO_NUL_'),
    expandedBytes: 72,
    byteOrder: 'big',
  },
  ristretto255: {
    hash: 'SHA-512',
    tag: utf8('LIT_HD_KEY_ID_RISTRETTO255_XMD:SHA-512_ELL2_RO_NUL_'),
    expandedBytes: 64,
    byteOrder: 'little',
  },
  ed448: {
    hash: 'SHAKE256',
    tag: utf8('LIT_HD_KEY_ID_ED448_XOF:SHAKE-256_ELL2_RO_NUL_'),
    expandedBytes: 84,
    byteOrder: 'big',
  },
  redjubjub: {
    hash: 'BLAKE2b-512',
    tag: utf8('LIT_HD_KEY_ID_REDJUBJUB_XMD:BLAKE2B-512_ELL2_RO_NUL_'),
    expandedBytes: 64,
    byteOrder: 'little',
  },
  decaf377: {
    hash: 'BLAKE2b-512',
    tag: utf8('LIT_HD_KEY_ID_DECAF377_XMD:BLAKE2B-512_ELL2_RO_NUL_'),
    expandedBytes: 64,
    byteOrder: 'little',
  },
} as const;

/**
 * Curves whose root key has children. BLS keys have none: signatures under an additively tweaked BLS key follow from
 * signatures under the root.
 */
export type DerivableCurveName = keyof typeof PARAMETERS & CurveName;

/**
 * The public scalar h with child = root + h·G: `hash_to_field(keyId)` (RFC 9380 §5.2).
 *
 * The tweak is public, so whoever has one child's secret has the root's and every other child's: child secrets must
 * never be put together anywhere.
 *
 * @param keyId 32 bytes.
 * @returns 0 ≤ h < order.
 * @throws ThresholdError `derivation/invalid-key-id`; `derivation/not-derivable` for a curve without children.
 */
export function deriveTweak(curve: DerivableCurveName, keyId: Uint8Array): bigint {
  if (keyId.length !== KEY_ID_BYTES) {
    throw new ThresholdError('A key identifier has the wrong length.', {
      code: 'derivation/invalid-key-id',
      fault: 'caller',
      hint: `Give ${KEY_ID_BYTES} bytes.`,
      details: { bytes: keyId.length },
    });
  }
  if (!Object.hasOwn(PARAMETERS, curve)) {
    throw new ThresholdError('Keys of this curve are never derived.', {
      code: 'derivation/not-derivable',
      fault: 'caller',
      hint: 'Use the root key itself, and put the account into what it signs.',
      details: { curve },
    });
  }
  const { order } = nobleCurves[curve];
  return hashToScalar(keyId, { order, ...PARAMETERS[curve] });
}
