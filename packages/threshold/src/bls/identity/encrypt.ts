import type { RandomSource } from '@keymesh/foundation';
import { ThresholdError } from '../../errors.ts';
import type { BlsBackend } from '../backend.ts';
import { encodeCiphertext, PLAINTEXT_BYTES_MAX, padPlaintext } from './ciphertext.ts';
import { encryptionScalar, maskAlpha, maskPadded, randomAlpha } from './derivations.ts';

export interface EncryptParameters {
  /** The root public key `bls12381-decryption`: 48 bytes. */
  readonly publicKey: Uint8Array;
  /** What the network will sign to decrypt. Its length is not limited here. */
  readonly identity: Uint8Array;
  /** At most `PLAINTEXT_BYTES_MAX` bytes. */
  readonly plaintext: Uint8Array;
  readonly random: RandomSource;
}

/**
 * Encrypts to an identity: whoever gets the key's signature on `identity` can decrypt (Boneh–Franklin, CRYPTO 2001,
 * with the Fujisaki–Okamoto transform), in the ciphertext format of lit-sdk-wire.md A.7. No network round trip.
 *
 * The ciphertext shows the length of plaintexts above 31 bytes.
 *
 * @returns 48 + 32 + varint + max(32, varint + plaintext) + 1 bytes.
 * @throws ThresholdError `bls/plaintext-too-long`; `curve/invalid-point` for a bad public key.
 */
export function encrypt(
  backend: BlsBackend,
  { publicKey, identity, plaintext, random }: EncryptParameters,
): Uint8Array {
  if (plaintext.length > PLAINTEXT_BYTES_MAX) {
    throw new ThresholdError('The plaintext is too long for identity-based encryption.', {
      code: 'bls/plaintext-too-long',
      fault: 'caller',
      hint: 'Encrypt a symmetric key instead, and the data under that key.',
      details: { lengthBytes: plaintext.length, limitBytes: PLAINTEXT_BYTES_MAX },
    });
  }
  const key = backend.decodeG1(publicKey);
  const alpha = randomAlpha(random);
  const scalar = encryptionScalar(alpha, plaintext);
  const padded = padPlaintext(plaintext);
  try {
    const u = backend.encodeG1(backend.multiplyG1Base(scalar, random));
    const pairing = backend.pairing(backend.multiplyG1(key, scalar, random), backend.hashToG2(identity));
    return encodeCiphertext({ u, v: maskAlpha(alpha, pairing), w: maskPadded(padded, alpha) });
  } finally {
    alpha.fill(0);
    scalar.fill(0);
    padded.fill(0);
  }
}
