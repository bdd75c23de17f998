/** Five groups of seven bits hold every length up to 2^35 − 1, far above any limit here. Bytes. */
const VARINT_BYTES_MAX = 5;

/** Unsigned LEB128: seven bits a byte, least significant first, the top bit set in all but the last. */
export function encodeVarint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.push(rest);
  return Uint8Array.from(out);
}

/**
 * Reads an unsigned LEB128 integer at `offset`: its value and the offset after it. `undefined` if it does not end in
 * time or is not in its shortest form, so that a value has one encoding.
 */
export function decodeVarint(
  bytes: Uint8Array,
  offset: number,
): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let i = 0; i < VARINT_BYTES_MAX; i++) {
    const byte = bytes[offset + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return i > 0 && byte === 0 ? undefined : { value, end: offset + i + 1 };
  }
  return undefined;
}
