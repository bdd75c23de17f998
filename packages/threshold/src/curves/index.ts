export type { Curve, CurveBackend, CurveName, Curves, Point } from './curve.ts';
export { type HashToScalarParameters, hashToScalar } from './hash-to-scalar.ts';
export { nobleCurves } from './noble.ts';
export { invert, modulo, randomScalar } from './scalar.ts';
