import { concatBytes, fromHex, toHex, utf8 } from '@keymesh/foundation';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { noblePrimitives, type Primitives } from '../primitives.ts';

/** A 65-byte signature, r ‖ s ‖ v, with `0x`. */
const SIGNATURE = /^0x[0-9a-fA-F]{130}$/;

/** The EIP-55 spelling of an address in any letter case. */
export function checksumAddress(address: string): string {
  const digits = address.slice(2).toLowerCase();
  const hash = toHex(keccak_256(utf8(digits)));
  const cased = [...digits].map((digit, i) =>
    Number.parseInt(hash[i] as string, 16) >= 8 ? digit.toUpperCase() : digit,
  );
  return `0x${cased.join('')}`;
}

/** The 32 bytes that a wallet signs for a text or for bytes (EIP-191, version 0x45 `personal_sign`). */
export function personalMessageHash(textOrBytes: string | Uint8Array): Uint8Array {
  const message = typeof textOrBytes === 'string' ? utf8(textOrBytes) : textOrBytes;
  return keccak_256(concatBytes(utf8(`\x19Ethereum Signed Message:\n${message.length}`), message));
}

/** The address, in EIP-55 spelling, whose key signed the text or bytes; `undefined` if the signature is none. */
export function recoverPersonalSigner(
  textOrBytes: string | Uint8Array,
  signature: string,
  primitives: Primitives = noblePrimitives,
): string | undefined {
  if (!SIGNATURE.test(signature)) return undefined;
  const bytes = fromHex(signature);
  const v = bytes[64] as number;
  const recovery = v >= 27 ? v - 27 : v;
  if (recovery !== 0 && recovery !== 1) return undefined;
  const publicKey = primitives.recoverSecp256k1(personalMessageHash(textOrBytes), bytes.slice(0, 64), recovery);
  if (publicKey === undefined) return undefined;
  return checksumAddress(`0x${toHex(keccak_256(publicKey.subarray(1)).subarray(12))}`);
}
