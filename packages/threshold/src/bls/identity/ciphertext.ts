import { concatBytes } from '@keymesh/foundation';
import { ThresholdError } from '../../errors.ts';
import { G1_BYTES } from '../backend.ts';
import { decodeVarint, encodeVarint } from './varint.ts';

/** The longest plaintext. It is hashed and masked in memory, so this bounds the work of one call. Bytes. */
export const PLAINTEXT_BYTES_MAX = 16 * 1024 * 1024;
/** Shorter padded plaintexts are filled with zeros, so that very short texts do not show their length. Bytes. */
export const PADDED_BYTES_MIN = 32;
/** Length of the one-time secret alpha, and so of its mask V. Bytes. */
export const ALPHA_BYTES = 32;
/** The last byte: signatures of the proof-of-possession scheme. */
const SCHEME_PROOF_OF_POSSESSION = 2;
/** Longest masked part: the varint of the longest plaintext has 4 bytes. Bytes. */
const MASKED_BYTES_MAX = PLAINTEXT_BYTES_MAX + 4;

/** The parts of a ciphertext of lit-sdk-wire.md A.7: U ‖ V ‖ varint(len W) ‖ W ‖ 0x02. */
export interface IdentityCiphertext {
  /** r · generator of G1: 48 bytes, not yet decoded. */
  readonly u: Uint8Array;
  /** alpha masked by the pairing: 32 bytes. */
  readonly v: Uint8Array;
  /** The padded plaintext masked by alpha: at least 32 bytes. */
  readonly w: Uint8Array;
}

export function encodeCiphertext({ u, v, w }: IdentityCiphertext): Uint8Array {
  return concatBytes(u, v, encodeVarint(w.length), w, Uint8Array.of(SCHEME_PROOF_OF_POSSESSION));
}

/**
 * Splits a ciphertext; each has one encoding only. Lengths are checked before anything is copied.
 * @throws ThresholdError `bls/malformed-ciphertext`.
 */
export function decodeCiphertext(bytes: Uint8Array): IdentityCiphertext {
  const u = bytes.slice(0, G1_BYTES);
  const v = bytes.slice(G1_BYTES, G1_BYTES + ALPHA_BYTES);
  if (v.length !== ALPHA_BYTES) throw malformed('it ends too early');
  const length = decodeVarint(bytes, G1_BYTES + ALPHA_BYTES);
  if (length === undefined) throw malformed('its length field is not canonical');
  if (length.value < PADDED_BYTES_MIN) throw malformed('its masked part is too short');
  if (length.value > MASKED_BYTES_MAX) throw malformed('its masked part is longer than allowed');
  if (bytes.length !== length.end + length.value + 1) throw malformed('its length field contradicts its length');
  if (bytes[bytes.length - 1] !== SCHEME_PROOF_OF_POSSESSION) throw malformed('its scheme is unknown');
  return { u, v, w: bytes.slice(length.end, length.end + length.value) };
}

/** varint(length) ‖ plaintext ‖ zeros up to 32 bytes. */
export function padPlaintext(plaintext: Uint8Array): Uint8Array {
  const prefix = encodeVarint(plaintext.length);
  const padded = new Uint8Array(Math.max(PADDED_BYTES_MIN, prefix.length + plaintext.length));
  padded.set(prefix);
  padded.set(plaintext, prefix.length);
  return padded;
}

/** The plaintext of a padded one, or `undefined` if it is not exactly what `padPlaintext` makes. */
export function unpadPlaintext(padded: Uint8Array): Uint8Array | undefined {
  const length = decodeVarint(padded, 0);
  if (length === undefined) return undefined;
  const end = length.end + length.value;
  if (padded.length !== Math.max(PADDED_BYTES_MIN, end)) return undefined;
  if (padded.subarray(end).some((byte) => byte !== 0)) return undefined;
  return padded.slice(length.end, end);
}

export function malformed(reason: string): ThresholdError {
  return new ThresholdError(`The ciphertext is malformed: ${reason}.`, {
    code: 'bls/malformed-ciphertext',
    fault: 'caller',
    hint: 'Check that the whole ciphertext arrived and that it was made by identity-based encryption.',
  });
}
