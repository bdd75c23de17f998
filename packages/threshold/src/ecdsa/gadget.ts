import { Transcript, utf8 } from '@keymesh/foundation';
import type { Curve, CurveName } from '../curves/index.ts';
import { parametersOf } from './parameters.ts';
import { scalarFromTranscript } from './scalar-from-transcript.ts';

const made = new Map<CurveName, readonly bigint[]>();

/**
 * The gadget vector g of DKLs23 Protocol 5.2: ξ public, uniform scalars that turn the chooser's bits into a factor,
 * b = Σ g_j · bit_j. One vector for each curve, from a hash, so that nobody chose it. Made once.
 */
export function gadgetOf(curve: Curve): readonly bigint[] {
  const known = made.get(curve.name);
  if (known !== undefined) return known;
  const vector = Array.from({ length: parametersOf(curve).factorBits }, (_, position) =>
    scalarFromTranscript(
      curve,
      new Transcript('ecdsa/v1/gadget').append('curve', utf8(curve.name)).appendU32('position', position),
    ),
  );
  made.set(curve.name, vector);
  return vector;
}
