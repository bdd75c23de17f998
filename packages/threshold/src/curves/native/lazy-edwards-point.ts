import { equalBytes } from '@keymesh/foundation';
import { signInTopBit } from './point-encodings.ts';
import type { KernelPoint, PointsKernel } from './points-kernel.ts';

/** Bit of the last byte that carries the sign of x (RFC 8032 §5.1.2). */
const SIGN_BIT = 0x80;

/**
 * A point of Ed25519 in the form in which it came into being, and in the other one from the first time it is asked
 * for. libsodium works on bytes, and so pays square roots and inversions in every operation: right for
 * multiplications, wrong for sums, which the kernel does on coordinates.
 *
 * Whoever makes one vouches that the point is of prime order, or is the identity (which has one object only).
 */
export class LazyEdwardsPoint {
  readonly #kernel: PointsKernel;
  #bytes: Uint8Array | undefined;
  #point: KernelPoint | undefined;

  constructor(kernel: PointsKernel, form: { readonly bytes: Uint8Array } | { readonly point: KernelPoint }) {
    this.#kernel = kernel;
    if ('bytes' in form) this.#bytes = form.bytes;
    else this.#point = form.point;
  }

  get bytes(): Uint8Array {
    this.#bytes ??= signInTopBit.fromKernel(this.#kernel.encode(this.point));
    return this.#bytes;
  }

  get point(): KernelPoint {
    // Bytes that are in here are known to be valid; they decode.
    this.#point ??= this.#kernel.decodeTrusted(signInTopBit.toKernel(this.bytes) as Uint8Array) as KernelPoint;
    return this.#point;
  }

  equals(other: LazyEdwardsPoint): boolean {
    if (this.#bytes !== undefined && other.#bytes !== undefined) return equalBytes(this.#bytes, other.#bytes);
    return this.#kernel.areEqual(this.point, other.point);
  }

  /** Not for the identity. */
  negate(): LazyEdwardsPoint {
    if (this.#point !== undefined) {
      return new LazyEdwardsPoint(this.#kernel, { point: this.#kernel.negate(this.#point) });
    }
    const bytes = this.bytes.slice();
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ SIGN_BIT;
    return new LazyEdwardsPoint(this.#kernel, { bytes });
  }
}
