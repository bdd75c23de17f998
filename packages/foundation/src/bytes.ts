import { KeymeshError } from './errors.ts';

const HEX = /^(?:[0-9a-f]{2})*$/i;
const HEX_OF_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hex without `0x`. */
export function toHex(bytes: Uint8Array): string {
  let out = '';
  for (const byte of bytes) out += HEX_OF_BYTE[byte];
  return out;
}

/**
 * Parses hex, with or without `0x`, in either case.
 * @throws KeymeshError `bytes/not-hex` for an odd length or another character.
 */
export function fromHex(hex: string): Uint8Array {
  const digits = hex.startsWith('0x') || hex.startsWith('0X') ? hex.slice(2) : hex;
  if (!HEX.test(digits)) {
    throw new KeymeshError('The text is not hexadecimal.', {
      code: 'bytes/not-hex',
      fault: 'caller',
      hint: 'Give an even number of the digits 0-9 and a-f, with or without a leading 0x.',
    });
  }
  const out = new Uint8Array(digits.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return out;
}

/** The arrays joined, in order, in a new array. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/** Compares public or secret bytes in time that depends on the lengths only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}

/** Lexicographic order of unsigned bytes: negative, zero or positive. Not constant time: for public data. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/**
 * UTF-8 bytes of a text. Written out because `TextEncoder` is a platform type and this layer has none.
 * A lone surrogate becomes U+FFFD, as in the WHATWG encoder.
 */
export function utf8(text: string): Uint8Array {
  // A UTF-16 unit becomes at most three bytes.
  const out = new Uint8Array(3 * text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    let point = text.codePointAt(i) as number;
    if (point > 0xffff) i++;
    else if (point >= 0xd800 && point <= 0xdfff) point = 0xfffd;
    if (point < 0x80) {
      out[length++] = point;
      continue;
    }
    const following = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    out[length++] = ((0xff00 >> (following + 1)) & 0xff) | (point >> (6 * following));
    for (let left = following - 1; left >= 0; left--) out[length++] = 0x80 | ((point >> (6 * left)) & 63);
  }
  return out.slice(0, length);
}

/** Big-endian bytes of a non-negative integer below 2^(8·length). */
export function bigintToBytes(value: bigint, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let rest = value;
  for (let i = length - 1; i >= 0; i--) {
    out[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  if (rest !== 0n || value < 0n) {
    throw new KeymeshError(`The integer does not fit in ${length} bytes.`, {
      code: 'bytes/integer-range',
      fault: 'bug',
    });
  }
  return out;
}

/** The non-negative integer that the bytes spell, big-endian. */
export function bytesToBigint(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`);
}
