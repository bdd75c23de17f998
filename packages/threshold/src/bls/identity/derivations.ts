import { bigintToBytes, bytesToBigint, concatBytes, type RandomSource, utf8 } from '@keymesh/foundation';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { shake128 } from '@noble/hashes/sha3.js';
import { BLS_ORDER, SCALAR_BYTES } from '../backend.ts';

/** The names and constants are the reference's (lit-sdk-wire.md A.7): they are part of the format. */
const SCALAR_SALT = utf8('TIMELOCK_BLS12381_XOF:HKDF-SHA2-256_');
const SCALAR_INFO = Uint8Array.of(0x00, 0x30);
/** Bytes that are reduced to a scalar: the bias is below 2^-128. */
const WIDE_SCALAR_BYTES = 48;

/** A fresh alpha: a uniform scalar in 32 big-endian bytes. SECRET. */
export function randomAlpha(random: RandomSource): Uint8Array {
  const wide = random(WIDE_SCALAR_BYTES);
  const alpha = bigintToBytes(bytesToBigint(wide) % BLS_ORDER, SCALAR_BYTES);
  wide.fill(0);
  return alpha;
}

/** r = h2s(alpha ‖ SHA-256(plaintext)), 32 big-endian bytes: the Fujisaki–Okamoto derandomisation. SECRET. */
export function encryptionScalar(alpha: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const material = concatBytes(alpha, sha256(plaintext), Uint8Array.of(0));
  const wide = hkdf(sha256, material, SCALAR_SALT, SCALAR_INFO, WIDE_SCALAR_BYTES);
  material.fill(0);
  const scalar = bigintToBytes(bytesToBigint(wide) % BLS_ORDER, SCALAR_BYTES);
  wide.fill(0);
  return scalar;
}

/** alpha masked by SHA-256 of the pairing, or unmasked. Wipes the pairing. */
export function maskAlpha(bytes: Uint8Array, pairing: Uint8Array): Uint8Array {
  const mask = sha256(pairing);
  pairing.fill(0);
  return xorInto(mask, bytes);
}

/** The padded plaintext masked by SHAKE128 of alpha, or unmasked. */
export function maskPadded(bytes: Uint8Array, alpha: Uint8Array): Uint8Array {
  return xorInto(shake128(alpha, { dkLen: bytes.length }), bytes);
}

/** target ^= bytes, of the same length. */
function xorInto(target: Uint8Array, bytes: Uint8Array): Uint8Array {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] as number) ^ (bytes[i] as number);
  return target;
}
