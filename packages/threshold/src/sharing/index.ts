export {
  commitToPolynomial,
  type DealtShare,
  evaluateCommitments,
  verifyPolynomialShare,
  verifyPolynomialShares,
} from './feldman.ts';
export { interpolate, lagrangeCoefficient, lagrangeCoefficients, type Share } from './lagrange.ts';
export {
  assertDistinctParties,
  assertPartyIndex,
  assertSharingParameters,
  PARTIES_MAX,
  THRESHOLD_MIN,
} from './parameters.ts';
export { evaluatePolynomial, type Polynomial, randomPolynomial } from './polynomial.ts';
