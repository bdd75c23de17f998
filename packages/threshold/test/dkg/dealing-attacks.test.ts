import { concatBytes, fromHex, type PartyIndex, sha256Of } from '@keymesh/foundation';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { describe, it } from 'vitest';
import type { Point } from '../../src/curves/index.ts';
import { hashOpening } from '../../src/dkg/dealing.ts';
import { decodeDeal } from '../../src/dkg/messages.ts';
import { proveKnowledge } from '../../src/dkg/proofs/knowledge.ts';
import { ROOT_KEY_NAMES, ROOT_KEYS } from '../../src/root-keys.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import { type Adversary, changed, changedByte, joinOpening, type OpeningPart } from './adversary.ts';
import { adversary, BLS, ED, expectConvictions, expectRefusals, FOUR, LIAR, SECP, SESSIONS } from './expectations.ts';

import { curves, run, setting } from './network.ts';

function replaceCommitment(root: number, at: number, bytes: Uint8Array) {
  return (parts: readonly OpeningPart[]) =>
    changed(parts, root, (part) => ({ ...part, commitments: changed(part.commitments, at, () => bytes) }));
}

/** A proof of knowledge of the liar's own secret, for a statement that is not what it must be. */
function proofParts(
  root: number,
  change: { executionId?: Uint8Array; prover?: PartyIndex; purpose?: string; point?: Point },
) {
  const name = ROOT_KEY_NAMES[root]!;
  const curve = curves[ROOT_KEYS[name].curve];
  const { dealing } = adversary().secretsOf(LIAR);
  const point = dealing.commitments[root]![0]!;
  const statement = { executionId: FOUR.executionId, prover: LIAR, purpose: name, curve, point, ...change };
  const proof = proveKnowledge(statement, dealing.polynomials[root]![0]!, seededRandom('a nonce'));
  return { challenge: curve.encodeScalar(proof.challenge), response: curve.encodeScalar(proof.response) };
}

describe('a wrong share', () => {
  it.each(ROOT_KEY_NAMES.map((name, i) => [name, i] as const))(
    'of %s to one receiver convicts its dealer',
    (name, i) => {
      const { order } = curves[ROOT_KEYS[name].curve];
      const attacked = adversary().dealShares(LIAR, 2, (shares) => changed(shares, i, (share) => (share + 1n) % order));
      expectConvictions(attacked.attack(), [[LIAR, 'bad-share']]);
    },
  );

  it('that is not a reduced scalar convicts its dealer', () => {
    const attacked = adversary().flipShares(LIAR, 2, (i) => (i === 0 ? 0x80 : 0));
    expectConvictions(attacked.attack(), [[LIAR, 'bad-share']]);
  });

  it('to everybody convicts its dealer once', () => {
    const attacked = adversary();
    for (const receiver of [1, 2, 3]) attacked.flipShares(LIAR, receiver, (i) => (i === 63 ? 1 : 0));
    expectConvictions(attacked.attack(), [[LIAR, 'bad-share']]);
  });

  it('for a different root: shares of the two BLS keys swapped', () => {
    const swap = (shares: readonly bigint[]) =>
      shares.map((share, i) => (i === BLS ? shares[SESSIONS]! : i === SESSIONS ? shares[BLS]! : share));
    expectConvictions(adversary().dealShares(LIAR, 1, swap).attack(), [[LIAR, 'bad-share']]);
  });

  it('encrypted for another receiver convicts its dealer', () => {
    const attacked = adversary().sayDeal(LIAR, ({ vectors }) => ({ vectors: [vectors[1]!, vectors[0]!, vectors[2]!] }));
    expectConvictions(attacked.attack(), [[LIAR, 'bad-share']]);
  });

  it('whose error another dealer cancels is found although the sum is right', () => {
    const of = setting(7);
    const attacked = adversary(of)
      .dealShares(6, 1, (shares) => changed(shares, SECP, (share) => share + 1n))
      .dealShares(7, 1, (shares) => changed(shares, SECP, (share) => share - 1n))
      .flipShares(7, 2, (i) => (i === 40 ? 1 : 0));
    expectConvictions(
      attacked.attack(),
      [
        [6, 'bad-share'],
        [7, 'bad-share'],
      ],
      of.participants,
    );
  });
});

describe('an opening', () => {
  it('that differs from its hash convicts its dealer', () => {
    const attacked = adversary().sayCommit(LIAR, ({ openingHash }) => ({
      openingHash: changedByte(openingHash, 31),
    }));
    expectConvictions(attacked.attack(), [[LIAR, 'opening-mismatch']]);
  });

  it('chosen after the others were seen does not fit the hash', () => {
    const attacked = adversary();
    const rogue = rogueOpening(attacked);
    expectConvictions(attacked.sayDeal(LIAR, () => ({ opening: rogue })).attack(), [[LIAR, 'opening-mismatch']]);
  });

  it('copied from another together with its hash is not an opening of the copier', () => {
    const attacked = adversary();
    const victim = decodeDeal(FOUR, attacked.honest(1, 2)).opening;
    const openingHash = hashOpening(FOUR.executionId, 1, victim);
    attacked.sayCommit(LIAR, () => ({ openingHash })).sayDeal(LIAR, () => ({ opening: victim }));
    expectConvictions(attacked.attack(), [[LIAR, 'opening-mismatch']]);
  });

  it('copied from another under an own hash has proofs of another prover', () => {
    const attacked = adversary();
    attacked.sayOpening(LIAR, () => attacked.opening(1));
    expectConvictions(attacked.attack(), [[LIAR, 'invalid-knowledge-proof']]);
  });

  it('with a rogue key cannot prove to know it, even if committed to in time', () => {
    const attacked = adversary();
    const rogue = rogueOpening(attacked);
    const openingHash = hashOpening(FOUR.executionId, LIAR, rogue);
    attacked.sayCommit(LIAR, () => ({ openingHash })).sayDeal(LIAR, () => ({ opening: rogue }));
    expectConvictions(attacked.attack(), [[LIAR, 'invalid-knowledge-proof']]);
  });

  it('with the roots in another order is not what the proofs are for', () => {
    const swap = (parts: readonly OpeningPart[]) => parts.with(BLS, parts[SESSIONS]!).with(SESSIONS, parts[BLS]!);
    expectConvictions(adversary().sayOpening(LIAR, swap).attack(), [[LIAR, 'invalid-knowledge-proof']]);
  });

  it('with another polynomial than was dealt convicts its dealer', () => {
    const attacked = adversary();
    const top = attacked.opening(1)[SECP]!.commitments[2]!;
    expectConvictions(attacked.sayOpening(LIAR, replaceCommitment(SECP, 2, top)).attack(), [[LIAR, 'bad-share']]);
  });

  it.each([
    ['too few', -1],
    ['too many', +1],
  ])('with %s commitments is malformed', (_, difference) => {
    const attacked = adversary();
    const resize = (commitments: readonly Uint8Array[]) =>
      difference < 0 ? commitments.slice(0, -1) : [...commitments, commitments[0]!];
    attacked.sayOpening(LIAR, (parts) => parts.map((part) => ({ ...part, commitments: resize(part.commitments) })));
    const finished = attacked.attack();
    expectConvictions(finished, [[LIAR, 'malformed-message']]);
    expectRefusals(finished, difference < 0 ? 'dkg/malformed-message' : 'dkg/message-too-large', LIAR);
  });
});

describe('a proof of knowledge', () => {
  it.each(ROOT_KEY_NAMES.map((name, i) => [name, i] as const))('of %s with a changed response is refused', (_, i) => {
    const swapBytes = (part: OpeningPart) => ({ ...part, response: part.challenge });
    const attacked = adversary().sayOpening(LIAR, (parts) => changed(parts, i, swapBytes));
    expectConvictions(attacked.attack(), [[LIAR, 'invalid-knowledge-proof']]);
  });

  it('with a scalar that is not reduced is refused', () => {
    const attacked = adversary().sayOpening(LIAR, (parts) =>
      changed(parts, ED, (part) => ({ ...part, response: new Uint8Array(32).fill(0xff) })),
    );
    expectConvictions(attacked.attack(), [[LIAR, 'invalid-knowledge-proof']]);
  });

  it.each([
    ['from another execution', { executionId: sha256Of('another execution') }],
    ['of another prover', { prover: 1 }],
    ['for another root', { purpose: 'ed25519' }],
    ['of another point', { point: curves.secp256k1.generator }],
  ])('%s is refused', (_, change) => {
    const attacked = adversary().sayOpening(LIAR, (parts) =>
      changed(parts, SECP, (part) => ({ ...part, ...proofParts(SECP, change) })),
    );
    expectConvictions(attacked.attack(), [[LIAR, 'invalid-knowledge-proof']]);
  });

  it('from a nonce of zero is refused (its commitment has no encoding)', () => {
    const curve = curves.secp256k1;
    const secret = adversary().secretsOf(LIAR).dealing.polynomials[SECP]![0]!;
    const zero = { challenge: curve.encodeScalar(1n), response: curve.encodeScalar(secret) };
    const attacked = adversary().sayOpening(LIAR, (parts) => changed(parts, SECP, (part) => ({ ...part, ...zero })));
    expectConvictions(attacked.attack(), [[LIAR, 'invalid-knowledge-proof']]);
  });

  it('for the right statement is accepted (so the cases above fail for their reason)', () => {
    const attacked = adversary().sayOpening(LIAR, (parts) =>
      changed(parts, SECP, (part) => ({ ...part, ...proofParts(SECP, {}) })),
    );
    expectConvictions(attacked.attack(), [], FOUR.participants, [LIAR]);
  });
});

describe('a commitment', () => {
  const blsOutsideSubgroup = findBlsPointOutsideSubgroup();
  const smallOrder = 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a';
  const points: readonly (readonly [string, number, Uint8Array])[] = [
    ['the identity of BLS12-381', BLS, concatBytes(fromHex('c0'), new Uint8Array(47))],
    ['outside the subgroup of BLS12-381', BLS, blsOutsideSubgroup],
    ['with a coordinate that is not reduced on BLS12-381', SESSIONS, new Uint8Array(48).fill(0xff)],
    ['not compressed on BLS12-381', SESSIONS, new Uint8Array(48).fill(1)],
    ['the identity of secp256k1', SECP, new Uint8Array(33)],
    ['not on secp256k1', SECP, concatBytes(fromHex('02'), new Uint8Array(32).fill(0xff))],
    ['with an unknown prefix on secp256k1', SECP, concatBytes(fromHex('05'), new Uint8Array(32).fill(1))],
    ['the identity of ed25519', ED, concatBytes(fromHex('01'), new Uint8Array(31))],
    ['the identity of ed25519 with the sign bit', ED, concatBytes(fromHex('01'), new Uint8Array(30), fromHex('80'))],
    ['the identity of ed25519 not reduced', ED, fromHex(`ee${'ff'.repeat(30)}7f`)],
    ['of order 2 on ed25519', ED, fromHex(`ec${'ff'.repeat(30)}7f`)],
    ['of order 8 on ed25519', ED, fromHex(smallOrder)],
    ['with a component of order 8 on ed25519', ED, ed25519.Point.BASE.add(ed25519.Point.fromHex(smallOrder)).toBytes()],
  ];

  it.each(points)('%s convicts its dealer, as constant term and as top coefficient', (_, root, bytes) => {
    for (const at of [0, 2]) {
      const attacked = adversary().sayOpening(LIAR, replaceCommitment(root, at, bytes));
      expectConvictions(attacked.attack(), [[LIAR, 'invalid-commitment']]);
    }
  });
});

describe('an encryption key', () => {
  it('without a proof for this execution, or copied from another party, is refused', () => {
    const replayed = run({ ...FOUR, executionId: sha256Of('another execution') }).sent.get(`${LIAR}:1`)!;
    const attacked = adversary().say(LIAR, 1, replayed);
    expectConvictions(attacked.attack(), [[LIAR, 'invalid-encryption-key']]);
    const copied = adversary();
    copied.say(LIAR, 1, copied.honest(2, 1));
    expectConvictions(copied.attack(), [[LIAR, 'invalid-encryption-key']]);
  });

  it('that is no point is refused', () => {
    const attacked = adversary().sayCommit(LIAR, () => ({ encryptionKey: new Uint8Array(33) }));
    expectConvictions(attacked.attack(), [[LIAR, 'invalid-encryption-key']]);
  });
});

/** An opening whose secp256k1 constant term would make the root key one that the liar chose. */
function rogueOpening(attacked: Adversary): Uint8Array {
  const curve = curves.secp256k1;
  const wanted = curve.multiplyBase(12345n);
  const others = [1, 2, 3].map((party) => curve.decodePoint(attacked.opening(party)[SECP]!.commitments[0]!));
  const rogue = others.reduce((sum, point) => curve.add(sum, curve.negate(point)), wanted);
  return joinOpening(replaceCommitment(SECP, 0, curve.encodePoint(rogue))(attacked.opening(LIAR)));
}

function findBlsPointOutsideSubgroup(): Uint8Array {
  for (let x = 1; ; x++) {
    const bytes = concatBytes(fromHex('80'), new Uint8Array(46), Uint8Array.of(x));
    try {
      bls12_381.G1.Point.fromBytes(bytes);
    } catch (thrown) {
      // noble tells the two apart: a point that is on the curve fails in the subgroup check.
      if (/subgroup/.test(String(thrown))) return bytes;
    }
  }
}
