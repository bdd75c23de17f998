import { KeymeshError } from './errors.ts';
import { decodeUtf8 } from './text.ts';

const DIGITS = '0123456789abcdef';
const NO_DIGIT = 0xff;
/** What each character is worth as a digit. */
const VALUE_OF_CHARACTER = new Uint8Array(128).fill(NO_DIGIT);
for (const [value, digit] of [...DIGITS].entries()) {
  VALUE_OF_CHARACTER[digit.charCodeAt(0)] = value;
  VALUE_OF_CHARACTER[digit.toUpperCase().charCodeAt(0)] = value;
}
/** Character codes of a byte's digits, the first in the lower half. */
const DIGITS_OF_BYTE = Uint16Array.from(
  { length: 256 },
  (_, byte) => DIGITS.charCodeAt(byte >> 4) | (DIGITS.charCodeAt(byte & 15) << 8),
);

/** Lower-case hex without `0x`. */
export function toHex(bytes: Uint8Array): string {
  const characters = new Uint8Array(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const digits = DIGITS_OF_BYTE[bytes[i] as number] as number;
    characters[2 * i] = digits;
    characters[2 * i + 1] = digits >> 8;
  }
  return decodeUtf8(characters) as string;
}

/**
 * Parses hex, with or without `0x`, in either case.
 * @throws KeymeshError `bytes/not-hex` for an odd length or another character.
 */
export function fromHex(hex: string): Uint8Array {
  const start = hex.startsWith('0x') || hex.startsWith('0X') ? 2 : 0;
  const out = new Uint8Array((hex.length - start) >> 1);
  // What is no digit sets the high bits, which are looked at once, at the end.
  let seen = (hex.length - start) & 1 ? NO_DIGIT : 0;
  for (let i = 0; i < out.length; i++) {
    const high = VALUE_OF_CHARACTER[hex.charCodeAt(start + 2 * i)] ?? NO_DIGIT;
    const low = VALUE_OF_CHARACTER[hex.charCodeAt(start + 2 * i + 1)] ?? NO_DIGIT;
    seen |= high | low;
    out[i] = (high << 4) | low;
  }
  if (seen > 15) {
    throw new KeymeshError('The text is not hexadecimal.', {
      code: 'bytes/not-hex',
      fault: 'caller',
      hint: 'Give an even number of the digits 0-9 and a-f, with or without a leading 0x.',
    });
  }
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
