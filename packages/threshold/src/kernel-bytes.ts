const WORD_BITS = 6;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/**
 * The bytes of a generated kernel (`src/generated`), which is base64. Written out because `atob` is a platform function
 * and this layer has none. Not for input from outside: it refuses nothing.
 */
export function kernelBytes(base64: string): Uint8Array {
  const digits = base64.replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor((digits.length * WORD_BITS) / 8));
  let pending = 0;
  let bits = 0;
  let at = 0;
  for (const digit of digits) {
    pending = ((pending << WORD_BITS) | ALPHABET.indexOf(digit)) & 0xffff;
    bits += WORD_BITS;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = pending >> bits;
  }
  return bytes;
}
