const CHUNK = 4096;

/**
 * The text that UTF-8 bytes spell (RFC 3629). Written out because `TextDecoder` is a platform type. `undefined` for
 * bytes that are not well-formed: overlong forms, surrogates, beyond U+10FFFF, or cut short.
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  const parts: string[] = [];
  let points: number[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const lead = bytes[offset] as number;
    const length = lead < 0x80 ? 1 : lead >> 5 === 6 ? 2 : lead >> 4 === 14 ? 3 : lead >> 3 === 30 ? 4 : 0;
    if (length === 0 || offset + length > bytes.length) return undefined;
    const point = length === 1 ? lead : continuation(bytes, offset, length);
    if (point === undefined) return undefined;
    points.push(point);
    if (points.length === CHUNK) {
      parts.push(String.fromCodePoint(...points));
      points = [];
    }
    offset += length;
  }
  parts.push(String.fromCodePoint(...points));
  return parts.join('');
}

/** Smallest code point that needs as many bytes: anything below it is an overlong form. */
const SMALLEST = [0, 0, 0x80, 0x800, 0x10000];

function continuation(bytes: Uint8Array, offset: number, length: number): number | undefined {
  let point = (bytes[offset] as number) & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const byte = bytes[offset + i] as number;
    if (byte >> 6 !== 2) return undefined;
    point = (point << 6) | (byte & 63);
  }
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  return point < (SMALLEST[length] as number) || isSurrogate || point > 0x10ffff ? undefined : point;
}
