import { equalBytes } from '@keymesh/foundation';
import { ed25519 } from '@noble/curves/ed25519.js';

type EdwardsPoint = InstanceType<typeof ed25519.Point>;

/** Bit of the last byte that carries the sign of x (RFC 8032 §5.1.2). */
const SIGN_BIT = 0x80;

/**
 * A point of Ed25519 in the form in which it came into being, and in the other one from the first time it is asked
 * for. libsodium works on bytes, and so pays square roots and inversions in every operation: right for
 * multiplications, wrong for chains of additions, which noble does on coordinates.
 *
 * Whoever makes one vouches that the point is of prime order, or is the identity (which has one object only).
 */
export class LazyEdwardsPoint {
  #bytes: Uint8Array | undefined;
  #point: EdwardsPoint | undefined;

  constructor(form: { readonly bytes: Uint8Array } | { readonly point: EdwardsPoint }) {
    if ('bytes' in form) this.#bytes = form.bytes;
    else this.#point = form.point;
  }

  get hasPoint(): boolean {
    return this.#point !== undefined;
  }

  get bytes(): Uint8Array {
    this.#bytes ??= this.point.toBytes();
    return this.#bytes;
  }

  get point(): EdwardsPoint {
    this.#point ??= ed25519.Point.fromBytes(this.bytes);
    return this.#point;
  }

  equals(other: LazyEdwardsPoint): boolean {
    if (this.#point !== undefined && other.#point !== undefined) return this.#point.equals(other.#point);
    return equalBytes(this.bytes, other.bytes);
  }

  /** Not for the identity. */
  negate(): LazyEdwardsPoint {
    if (this.#point !== undefined) return new LazyEdwardsPoint({ point: this.#point.negate() });
    const bytes = this.bytes.slice();
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ SIGN_BIT;
    return new LazyEdwardsPoint({ bytes });
  }
}
