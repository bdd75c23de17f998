import { Transcript, utf8 } from '@keymesh/foundation';
import type { Curve, CurveName } from '../curves/index.ts';
import { FACTOR_BITS } from './parameters.ts';
import { RowArithmetic } from './row-arithmetic.ts';
import { scalarFromTranscript } from './scalar-from-transcript.ts';

/** What every multiplication on a curve needs and is made once. Public. */
export interface Gadget {
  readonly arithmetic: RowArithmetic;
  /** The vector in the form that `arithmetic` takes. */
  readonly limbs: Float64Array;
}

const made = new Map<CurveName, Gadget>();

/**
 * The gadget vector g of DKLs23 Protocol 5.2: ξ public, uniform scalars that turn the chooser's bits into a factor,
 * b = Σ g_j · bit_j. One vector for each curve, from a hash, so that nobody chose it.
 */
export function gadgetOf(curve: Curve): Gadget {
  const known = made.get(curve.name);
  if (known !== undefined) return known;
  const vector = Array.from({ length: FACTOR_BITS }, (_, position) =>
    scalarFromTranscript(
      curve,
      new Transcript('ecdsa/v1/gadget').append('curve', utf8(curve.name)).appendU32('position', position),
    ),
  );
  const arithmetic = new RowArithmetic(curve.order);
  const gadget = { arithmetic, limbs: arithmetic.fromScalars(vector) };
  made.set(curve.name, gadget);
  return gadget;
}
