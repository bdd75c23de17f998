import { bytesToBigint, type RandomSource } from '@keymesh/foundation';
import type { Curve } from '../../src/curves/index.ts';

export interface RecordedRandom {
  readonly random: RandomSource;
  /** What was drawn, in order. Copies: users wipe theirs. */
  readonly draws: readonly Uint8Array[];
}

export function recordRandom(source: RandomSource): RecordedRandom {
  const draws: Uint8Array[] = [];
  const random: RandomSource = (length) => {
    const bytes = source(length);
    draws.push(bytes.slice());
    return bytes;
  };
  return { random, draws };
}

/** The scalar that `randomScalar` makes of a draw. */
export function scalarOfDraw(curve: Curve, draw: Uint8Array | undefined): bigint {
  if (draw === undefined) throw new Error('nothing was drawn');
  return bytesToBigint(draw) % curve.order;
}

/** A source that is as `source`, but for the draw with this number, which `change` makes. */
export function changeDraw(
  source: RandomSource,
  number: number,
  change: (bytes: Uint8Array) => Uint8Array,
): RandomSource {
  let count = 0;
  return (length) => {
    const bytes = source(length);
    return count++ === number ? change(bytes) : bytes;
  };
}
