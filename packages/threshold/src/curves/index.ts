export type { Curve, CurveBackend, CurveName, Curves, Point } from './curve.ts';
export { nobleCurves } from './noble.ts';
export { invert, modulo, randomScalar } from './scalar.ts';
