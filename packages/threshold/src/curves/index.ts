export type { AllCurves, Curve, CurveBackend, CurveName, Curves, Point, RootCurveName } from './curve.ts';
export { type HashToScalarParameters, hashToScalar } from './hash-to-scalar.ts';
export { nobleCurves } from './noble.ts';
export { invert, modulo, randomScalar } from './scalar.ts';
