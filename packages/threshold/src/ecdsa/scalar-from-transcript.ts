import { bytesToBigint, concatBytes, type Transcript } from '@keymesh/foundation';
import type { Curve } from '../curves/index.ts';

/** A public scalar from a transcript: 512 bits are reduced, so that its distance from uniform is below 2^-128 on any curve. */
export function scalarFromTranscript(curve: Curve, transcript: Transcript): bigint {
  return bytesToBigint(concatBytes(transcript.digest(), transcript.appendU32('part', 1).digest())) % curve.order;
}
