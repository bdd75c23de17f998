/**
 * How a curve's bytes and the kernel's form of them correspond. The kernel has a little-endian field element and one byte
 * of sign; it checks the value, and this checks the frame around it.
 */
export interface PointEncoding {
  /** Undefined for bytes that encode no point whatever their value. */
  toKernel(bytes: Uint8Array): Uint8Array | undefined;
  fromKernel(bytes: Uint8Array): Uint8Array;
}

/** First byte of a compressed point whose y is even; odd is one more. */
const SEC1_EVEN = 2;

/** The compressed form of SEC 1 §2.3.3: 2 or 3, then x big-endian. */
export const sec1: PointEncoding = {
  toKernel(bytes) {
    const sign = (bytes[0] as number) - SEC1_EVEN;
    if (sign !== 0 && sign !== 1) return undefined;
    const kernelBytes = bytes.slice().reverse();
    kernelBytes[bytes.length - 1] = sign;
    return kernelBytes;
  },
  fromKernel(kernelBytes) {
    const bytes = kernelBytes.slice().reverse();
    bytes[0] = (kernelBytes.at(-1) as number) + SEC1_EVEN;
    return bytes;
  },
};

const SIGN_BIT = 0x80;

/** 32 bytes, little-endian, with the sign in the highest bit, as RFC 8032 §5.1.2 has it. */
export const signInTopBit: PointEncoding = {
  toKernel(bytes) {
    const kernelBytes = Uint8Array.of(...bytes, 0);
    const last = bytes.length - 1;
    kernelBytes[last + 1] = (bytes[last] as number) >> 7;
    kernelBytes[last] = (bytes[last] as number) & ~SIGN_BIT;
    return kernelBytes;
  },
  fromKernel(kernelBytes) {
    const bytes = kernelBytes.slice(0, -1);
    const last = bytes.length - 1;
    bytes[last] = (bytes[last] as number) | ((kernelBytes[last + 1] as number) << 7);
    return bytes;
  },
};

/** 57 bytes, little-endian, of which the last holds the sign in its highest bit and nothing else (RFC 8032 §5.2.2). */
export const signInLastByte: PointEncoding = {
  toKernel(bytes) {
    const sign = bytes.at(-1) as number;
    if (sign !== 0 && sign !== SIGN_BIT) return undefined;
    const kernelBytes = bytes.slice();
    kernelBytes[bytes.length - 1] = sign >> 7;
    return kernelBytes;
  },
  fromKernel(kernelBytes) {
    const bytes = kernelBytes.slice();
    bytes[bytes.length - 1] = (bytes.at(-1) as number) << 7;
    return bytes;
  },
};

/** A field element, little-endian, and no sign (RFC 9496, decaf377). */
export const unsigned: PointEncoding = {
  toKernel: (bytes) => Uint8Array.of(...bytes, 0),
  fromKernel: (kernelBytes) => kernelBytes.slice(0, -1),
};
