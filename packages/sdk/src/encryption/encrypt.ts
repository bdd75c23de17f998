import { sha256Of, toHex, utf8 } from '@keymesh/foundation';
import { hashConditions, identityOf } from '@keymesh/protocol/conditions';
import { encrypt as encryptToIdentity } from '@keymesh/threshold/bls';
import { rootPublicKey } from '@keymesh/threshold/public-key-package';
import { isBytes } from '../bytes.ts';
import { invalidArgument } from '../errors.ts';
import type { Network } from '../network/network.ts';
import { toBase64 } from './base64.ts';
import { type Conditions, parseOne } from './conditions.ts';

export type EncryptParameters = Conditions & {
  /** A text is encrypted as UTF-8. */
  readonly data: Uint8Array | string;
};

/** What `decrypt` needs besides a session. Nothing in it is secret. */
export type Encrypted = Conditions & {
  /** Base64, in the reference's format. */
  readonly ciphertext: string;
  /** SHA-256 of the plaintext, 64 hex digits. Part of what the data is encrypted to. */
  readonly dataToEncryptHash: string;
};

/**
 * Encrypts to conditions: whoever satisfies them when they ask can decrypt. No node is asked.
 *
 * The hash of the data is public, so data that can be guessed can be confirmed by its hash: add randomness to short
 * secrets.
 *
 * @throws SdkError `sdk/invalid-argument`; ProtocolError `conditions/…` for conditions that no node could judge;
 *   ThresholdError `bls/plaintext-too-long` above 16 MiB.
 */
export async function encrypt(
  network: Pick<Network, 'bls' | 'publicKeys' | 'platform'>,
  parameters: EncryptParameters,
): Promise<Encrypted> {
  const { field, list } = parseOne(parameters);
  const data = bytesOf(parameters.data);
  const dataToEncryptHash = toHex(sha256Of(data));
  const ciphertext = encryptToIdentity(network.bls, {
    publicKey: rootPublicKey(network.publicKeys, 'bls12381-decryption'),
    identity: utf8(identityOf(hashConditions(list), dataToEncryptHash)),
    plaintext: data,
    random: network.platform.random,
  });
  return { [field]: list, ciphertext: toBase64(ciphertext), dataToEncryptHash } as Encrypted;
}

function bytesOf(data: Uint8Array | string): Uint8Array {
  if (typeof data === 'string') return utf8(data);
  if (isBytes(data)) return data;
  throw invalidArgument('The data is neither a Uint8Array nor a text.', 'Wrap a buffer with `new Uint8Array(buffer)`.');
}
