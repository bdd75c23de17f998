import { bytesToBigint, fromHex } from '@keymesh/foundation';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak256 } from 'viem/utils';
import { SdkError } from '../errors.ts';
import type { Key } from './key.ts';

const TOKEN_ID_BYTES = 32;
const COMPRESSED_BYTES = 33;
const UNCOMPRESSED_BYTES = 65;
/** First byte of an uncompressed point (SEC 1 §2.3.3). */
const UNCOMPRESSED = 4;
/** A text in an error message is cut to this length. UTF-16 units. */
const SHOWN_CHARS_MAX = 140;

/** A key by its token id (0x-hex or decimal), by its secp256k1 public key (hex, either form), or already found. */
export type KeyReference = string | bigint | Key;

/** 0x and 64 lower-case digits. */
export function tokenIdText(id: bigint): string {
  return `0x${id.toString(16).padStart(2 * TOKEN_ID_BYTES, '0')}`;
}

/**
 * The token id of a key, as text. Whether there is such a key is for the chain to say.
 * @throws SdkError `sdk/unknown-key` for what can be no key.
 */
export function tokenIdOf(reference: KeyReference): string {
  const text = String(typeof reference === 'object' ? reference?.tokenId : reference).trim();
  const id = readTokenId(text);
  if (id === undefined || id < 0n || id >> BigInt(8 * TOKEN_ID_BYTES) !== 0n) throw unknownKey(text);
  return tokenIdText(id);
}

/** The id of the token that a secp256k1 public key has: keccak256 of its 65 uncompressed bytes (network.md §2). */
export function tokenIdOfPublicKey(uncompressed: Uint8Array): string {
  return keccak256(uncompressed);
}

/** SEC 1 §2.3.3. @throws if the bytes are no point. */
export function uncompress(compressed: Uint8Array): Uint8Array {
  return secp256k1.Point.fromBytes(compressed).toBytes(false);
}

function readTokenId(text: string): bigint | undefined {
  // 64 decimal digits could be either; a token id is a hash, so hex without 0x is far more likely.
  if (/^[0-9]{1,78}$/.test(text) && text.length !== 2 * TOKEN_ID_BYTES) return BigInt(text);
  if (/^0x[0-9a-fA-F]{1,64}$/.test(text)) return BigInt(text);
  try {
    const bytes = fromHex(text);
    if (bytes.length === TOKEN_ID_BYTES) return bytesToBigint(bytes);
    if (bytes.length === UNCOMPRESSED_BYTES && bytes[0] === UNCOMPRESSED) return BigInt(tokenIdOfPublicKey(bytes));
    if (bytes.length === COMPRESSED_BYTES) return BigInt(tokenIdOfPublicKey(uncompress(bytes)));
  } catch {
    // Not hex, or 33 bytes that are no point.
  }
  return undefined;
}

export function unknownKey(what: string): SdkError {
  const shown = what.length > SHOWN_CHARS_MAX ? `${what.slice(0, SHOWN_CHARS_MAX)}…` : what;
  return new SdkError(`No key of this network is known as ${shown}.`, {
    code: 'sdk/unknown-key',
    fault: 'caller',
    hint: 'Give the token id (0x… or decimal) or the secp256k1 public key (hex) of a key that was minted here.',
  });
}
