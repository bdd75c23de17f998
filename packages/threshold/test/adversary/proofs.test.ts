import { sha256Of } from '@keymesh/foundation';
import { describe, expect, it } from 'vitest';
import { modulo, nobleCurves, type Point, randomScalar } from '../../src/curves/index.ts';
import { hashOpening } from '../../src/dkg/dealing.ts';
import { type EqualityStatement, proveEquality, verifyEquality } from '../../src/dkg/proofs/equality.ts';
import { type KnowledgeStatement, proveKnowledge, verifyKnowledge } from '../../src/dkg/proofs/knowledge.ts';
import { digestMessage } from '../../src/dkg/view.ts';
import { seededRandom } from '../sharing/seeded-random.ts';

/** The proofs and digests of a key generation, away from the run: each belongs to every part of its statement. */

const curve = nobleCurves.secp256k1;
const random = seededRandom('proofs');
const [secret, otherSecret] = [randomScalar(curve, random), randomScalar(curve, random)];
const point = curve.multiplyBase(secret);
const otherPoint = curve.multiplyBase(otherSecret);
const [EXECUTION, OTHER] = [sha256Of('execution 1'), sha256Of('execution 2')];

describe('a proof of knowledge', () => {
  const statement: KnowledgeStatement = { executionId: EXECUTION, prover: 1, purpose: 'secp256k1', curve, point };
  const proof = proveKnowledge(statement, secret, random);

  it('is valid for its statement', () => expect(verifyKnowledge(statement, proof)).toBe(true));

  it.each<[string, Partial<KnowledgeStatement>]>([
    ['execution', { executionId: OTHER }],
    ['prover', { prover: 2 }],
    ['purpose', { purpose: 'share-encryption' }],
    ['point', { point: otherPoint }],
  ])('is not valid for another %s', (_, change) => {
    expect(verifyKnowledge({ ...statement, ...change }, proof)).toBe(false);
  });

  it('cannot be made for a point that is computed from the proof', () => {
    // Were the point not in the challenge: R = r·G first, then any response, then the point that fits.
    for (const nonce of [7n, 8n]) {
      const made = proveKnowledge(statement, secret, () => new Uint8Array(48).fill(Number(nonce)));
      const shift = 5n;
      const inverse = curve.multiplyBasePublic(shift);
      const response = modulo(curve, made.response + made.challenge * shift);
      const shifted: KnowledgeStatement = { ...statement, point: curve.add(point, inverse) };
      expect(verifyKnowledge(shifted, { challenge: made.challenge, response })).toBe(false);
    }
  });

  it('cannot be made without the secret by choosing the challenge', () => {
    // Were the nonce not in the challenge, it would be known before: any response would do.
    const honest = proveKnowledge(statement, secret, random);
    const again = proveKnowledge(statement, secret, random);
    expect(honest.challenge).not.toBe(again.challenge);
    expect(verifyKnowledge(statement, { challenge: honest.challenge, response: again.response })).toBe(false);
  });
});

describe('a proof of a complaint', () => {
  const peerKey = otherPoint;
  const shared = curve.multiplyPublic(peerKey, secret);
  const statement: EqualityStatement = {
    executionId: EXECUTION,
    prover: 1,
    peer: 2,
    curve,
    proverKey: point,
    peerKey,
    shared,
  };
  const proof = proveEquality(statement, secret, random);

  it('is valid for its statement', () => expect(verifyEquality(statement, proof)).toBe(true));

  it.each<[string, Partial<EqualityStatement>]>([
    ['execution', { executionId: OTHER }],
    ['prover', { prover: 3 }],
    ['peer', { peer: 3 }],
    ['value', { shared: curve.add(shared, curve.generator) }],
  ])('is not valid for another %s', (_, change) => {
    expect(verifyEquality({ ...statement, ...change }, proof)).toBe(false);
  });

  it('cannot be made for another value by whoever knows the secret', () => {
    // A proof of knowledge of the prover's key alone: any second nonce, and then the value that fits.
    const fits = (value: Point) => verifyEquality({ ...statement, shared: value }, proof);
    expect(fits(curve.multiplyPublic(peerKey, 9n))).toBe(false);
    const lying: EqualityStatement = { ...statement, shared: curve.multiplyPublic(peerKey, 9n) };
    expect(verifyEquality(lying, proveEquality(lying, secret, random))).toBe(false);
  });

  it('has a challenge over its value, so that the value cannot be fitted to it', () => {
    // The same nonce for two values: the responses differ by more than the secret explains only if the challenges do.
    const source = () => new Uint8Array(48).fill(3);
    const lying: EqualityStatement = { ...statement, shared: curve.multiplyPublic(peerKey, 9n) };
    expect(proveEquality(statement, secret, source).challenge).not.toBe(proveEquality(lying, secret, source).challenge);
  });
});

describe('digests', () => {
  it('of an opening belong to execution, dealer and opening', () => {
    const digests = [
      hashOpening(EXECUTION, 1, OTHER),
      hashOpening(OTHER, 1, OTHER),
      hashOpening(EXECUTION, 2, OTHER),
      hashOpening(EXECUTION, 1, EXECUTION),
    ];
    expect(new Set(digests.map(String)).size).toBe(digests.length);
  });

  it('of a message belong to execution, author, round and body', () => {
    const digests = [
      digestMessage(EXECUTION, 1, 1, OTHER),
      digestMessage(OTHER, 1, 1, OTHER),
      digestMessage(EXECUTION, 2, 1, OTHER),
      digestMessage(EXECUTION, 1, 2, OTHER),
      digestMessage(EXECUTION, 1, 1, EXECUTION),
    ];
    expect(new Set(digests.map(String)).size).toBe(digests.length);
  });
});
