import { describe, expect, it } from 'vitest';
import { modulo } from '../../src/curves/index.ts';
import { type Contribution, digestTranscript, sumContributions } from '../../src/dkg/result.ts';
import { rootsOf } from '../../src/dkg/roots.ts';
import { commitToPolynomial, evaluatePolynomial, randomPolynomial } from '../../src/sharing/index.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import { curves, parametersOf, setting } from './network.ts';

const parameters = parametersOf(setting(3), 1);
const digest = new Uint8Array(32);
const random = seededRandom('result');
const polynomials = rootsOf(curves).map(({ curve }) => randomPolynomial(curve, 2, random));

function contribution(sign: 1n | -1n): Contribution {
  const signed = rootsOf(curves).map(({ curve }, i) => polynomials[i]!.map((c) => modulo(curve, sign * c)));
  return {
    commitments: rootsOf(curves).map(({ curve }, i) => commitToPolynomial(curve, signed[i]!)),
    shares: rootsOf(curves).map(({ curve }, i) => evaluatePolynomial(curve, signed[i]!, 1)),
  };
}

describe('the sum of contributions', () => {
  it('is refused when they cancel', () => {
    expect(() => sumContributions(parameters, digest, [contribution(1n), contribution(-1n)])).toThrow(
      expect.objectContaining({ code: 'dkg/degenerate-key' }),
    );
  });

  it('is refused when this party’s share does not fit it', () => {
    const { commitments, shares } = contribution(1n);
    const wrong = { commitments, shares: shares.map((share, i) => (i === 2 ? share + 1n : share)) };
    expect(() => sumContributions(parameters, digest, [wrong])).toThrow(
      expect.objectContaining({ code: 'sharing/share-mismatch', fault: 'bug' }),
    );
    expect(() => sumContributions(parameters, digest, [contribution(1n)])).not.toThrow();
  });
});

it('the transcript digest depends on every entry of every view', () => {
  const view = parameters.participants.map((party) => new Uint8Array(32).fill(party));
  const whole = digestTranscript(parameters, view, view);
  for (const at of [0, 1, 2]) {
    const other = view.map((entry, i) => (i === at ? new Uint8Array(32) : entry));
    expect(digestTranscript(parameters, other, view)).not.toEqual(whole);
    expect(digestTranscript(parameters, view, other)).not.toEqual(whole);
  }
  expect(digestTranscript({ ...parameters, executionId: digest }, view, view)).not.toEqual(whole);
});
