import { bytesToBigint, concatBytes } from '@keymesh/foundation';
import type { Curve } from '../curves/index.ts';

/** `Transcript` or `SessionTranscript`. */
interface Digestible {
  appendU32(label: string, value: number): this;
  digest(): Uint8Array;
}

/** A public scalar from a transcript: 512 bits are reduced, so that its distance from uniform is below 2^-127 on any curve. */
export function scalarFromTranscript(curve: Curve, transcript: Digestible): bigint {
  return bytesToBigint(concatBytes(transcript.digest(), transcript.appendU32('part', 1).digest())) % curve.order;
}
