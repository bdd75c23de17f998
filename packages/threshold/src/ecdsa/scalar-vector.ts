import { concatBytes, type Transcript } from '@keymesh/foundation';
import type { Curve } from '../curves/index.ts';

const LIMB_BYTES = 8;
const LIMB_BITS = 64n;

/**
 * Big-endian integers of equal length in one array, for vectors of scalars: several times as fast as converting each
 * through text. Secret values pass through here; `bigint` arithmetic is not constant-time (README).
 */
export class ScalarVector {
  readonly #view: DataView;
  readonly #limbs: number;
  readonly bytes: Uint8Array;

  /** @param itemBytes length of each integer, a multiple of 8. Bytes. */
  constructor(bytes: Uint8Array, itemBytes: number) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#limbs = itemBytes / LIMB_BYTES;
  }

  get(index: number): bigint {
    let at = index * this.#limbs * LIMB_BYTES;
    let value = this.#view.getBigUint64(at);
    for (let limb = 1; limb < this.#limbs; limb++) {
      at += LIMB_BYTES;
      value = (value << LIMB_BITS) | this.#view.getBigUint64(at);
    }
    return value;
  }

  set(index: number, value: bigint): void {
    let rest = value;
    for (let limb = this.#limbs - 1; limb >= 0; limb--) {
      this.#view.setBigUint64((index * this.#limbs + limb) * LIMB_BYTES, BigInt.asUintN(64, rest));
      rest >>= LIMB_BITS;
    }
  }

  wipe(): void {
    this.bytes.fill(0);
  }
}

/** A scalar from a transcript: 512 bits are reduced, so that its distance from uniform is below 2^-128 on any curve. */
export function scalarFromTranscript(curve: Curve, transcript: Transcript): bigint {
  const wide = concatBytes(transcript.digest(), transcript.appendU32('part', 1).digest());
  return new ScalarVector(wide, wide.length).get(0) % curve.order;
}
