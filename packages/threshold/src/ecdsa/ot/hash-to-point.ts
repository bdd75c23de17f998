import { type Transcript, Writer } from '@keymesh/foundation';
import type { Curve, Point } from '../../curves/index.ts';

/** First byte of a compressed point with an even y (SEC 1 §2.3.3); one more for an odd one. */
const EVEN = 2;

/**
 * A point of unknown discrete logarithm, as a random oracle gives it: candidates for x, and a bit for y, are hashed
 * until one is on the curve. For curves of cofactor one in SEC 1 encoding.
 *
 * Its time depends on the transcript: callers hash public values, in an order that tells nothing.
 */
export function hashToPoint(curve: Curve, transcript: Transcript): Point {
  for (let attempt = 0; ; attempt++) {
    const candidate = transcript.appendU32('attempt', attempt).digest();
    const sign = transcript.append('sign', candidate).digest();
    const encoding = new Writer()
      .u8(EVEN + ((sign[0] as number) & 1))
      .fixed(candidate)
      .finish();
    try {
      return curve.decodePoint(encoding);
    } catch {
      // Not the x of a point: half of all values are not.
    }
  }
}
