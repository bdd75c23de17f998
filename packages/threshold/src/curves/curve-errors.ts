import { ThresholdError } from '../errors.ts';
import type { CurveName } from './curve.ts';

/** The scalar is not shown: it may be secret. */
export function invalidScalar(curve: CurveName): ThresholdError {
  return new ThresholdError(`A scalar of ${curve} has the wrong length or is outside its range.`, {
    code: 'curve/invalid-scalar',
    fault: 'caller',
    details: { curve },
  });
}

export function invalidPoint(curve: CurveName, cause?: unknown): ThresholdError {
  return new ThresholdError(`The bytes are not a point of ${curve} of prime order in canonical form.`, {
    code: 'curve/invalid-point',
    fault: 'caller',
    details: { curve },
    cause,
  });
}
