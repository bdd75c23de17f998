import { concatBytes, fromHex, sha256Of } from '@keymesh/foundation';
import { describe, expect, it } from 'vitest';
import type { Point } from '../../src/curves/index.ts';
import { messageBytesMax } from '../../src/dkg/index.ts';
import { decodeDeal, encodeDeal } from '../../src/dkg/messages.ts';
import { type Adversary, changed, changedByte } from './adversary.ts';
import {
  adversary,
  expectConvictedWithoutLoss,
  expectConvictions,
  expectFailure,
  expectRefusals,
  FOUR,
  honestOutcomes,
  LIAR,
} from './expectations.ts';

import { curves, run, setting } from './network.ts';

describe('a complaint', () => {
  it('against an honest dealer convicts the complainer', () => {
    const attacked = adversary();
    attacked.complain(LIAR, [attacked.complaint(LIAR, 2)]);
    expectConvictions(attacked.attack(), [[LIAR, 'false-complaint']]);
  });

  it.each([
    ['the pair’s value plus the generator', (pair: Point) => curves.secp256k1.add(pair, curves.secp256k1.generator)],
    ['the generator', () => curves.secp256k1.generator],
  ])('that reveals %s convicts the complainer and not the dealer', (_, reveal) => {
    const attacked = adversary();
    const pair = curves.secp256k1.multiply(attacked.encryptionKey(2), attacked.secretsOf(LIAR).encryptionSecret);
    attacked.complain(LIAR, [attacked.complaint(LIAR, 2, { shared: reveal(pair) })]);
    expectConvictions(attacked.attack(), [[LIAR, 'false-complaint']]);
  });

  it.each([
    [
      'a changed response',
      (of: Adversary) => {
        const complaint = of.complaint(3, 4);
        return { ...complaint, proof: { ...complaint.proof, response: complaint.proof.response ^ 1n } };
      },
    ],
    ['a proof from another execution', (of: Adversary) => of.complaint(3, 4, { executionId: sha256Of('another') })],
    ['the proof of another complainer', (of: Adversary) => of.complaint(2, 4)],
    ['a proof that names another complainer', (of: Adversary) => of.complaint(3, 4, { prover: 2 })],
    ['a proof that names another dealer', (of: Adversary) => of.complaint(3, 4, { peer: 2 })],
    [
      'a proof from a nonce of zero',
      (of: Adversary) => ({
        ...of.complaint(3, 4),
        proof: { challenge: 1n, response: of.secretsOf(3).encryptionSecret },
      }),
    ],
    ['a value that is no point', (of: Adversary) => ({ ...of.complaint(3, 4), shared: new Uint8Array(33) })],
  ])('with %s convicts nobody but the complainer, even if the dealer cheated', (_, make) => {
    const of = setting(4, { threshold: 2 });
    const attacked = adversary(of).flipShares(4, 3, (i) => (i === 31 ? 1 : 0));
    // The dealer cheated its accomplice only, who complains with a bad proof: the dealer's fault stays unproven.
    attacked.complain(3, [make(attacked)]);
    expectConvictions(attacked.attack(), [[3, 'false-complaint']], of.participants, [4]);
  });

  it('that is right, from one who also complains falsely, convicts both', () => {
    const of = setting(4, { threshold: 2 });
    const attacked = adversary(of).flipShares(4, 3, (i) => (i === 31 ? 1 : 0));
    attacked.complain(3, [attacked.complaint(3, 1), attacked.complaint(3, 4)]);
    expectConvictions(
      attacked.attack(),
      [
        [3, 'false-complaint'],
        [4, 'bad-share'],
      ],
      of.participants,
    );
  });

  it('that is false, from a dealer that cheated as well, leaves the first reason', () => {
    const attacked = adversary().flipShares(LIAR, 1, (i) => (i === 31 ? 1 : 0));
    attacked.complain(LIAR, [attacked.complaint(LIAR, 2)]);
    expectConvictions(attacked.attack(), [[LIAR, 'bad-share']]);
  });

  it('against a dealer that was convicted already convicts the complainer', () => {
    const of = setting(4, { threshold: 2 });
    const attacked = adversary(of).sayDeal(4, ({ opening }) => ({ opening: changedByte(opening, 0) }));
    attacked.complain(3, [attacked.complaint(3, 4)]);
    const convictions = [
      [3, 'false-complaint'],
      [4, 'opening-mismatch'],
    ] as const;
    expectConvictions(attacked.attack(), convictions, of.participants);
  });

  it('against itself convicts the complainer', () => {
    const attacked = adversary();
    attacked.complain(LIAR, [attacked.complaint(LIAR, LIAR)]);
    expectConvictions(attacked.attack(), [[LIAR, 'false-complaint']]);
  });

  it.each([
    ['nobody of the committee', 9],
    ['party 0', 0],
  ])('against %s convicts the complainer', (_, dealer) => {
    const attacked = adversary();
    attacked.complain(LIAR, [{ ...attacked.complaint(LIAR, 2), dealer }]);
    expectConvictions(attacked.attack(), [[LIAR, 'false-complaint']]);
  });

  it.each([
    ['twice', [1, 1]],
    ['in another order', [2, 1]],
  ])('made %s makes the verdict malformed', (_, dealers) => {
    const attacked = adversary();
    attacked.complain(
      LIAR,
      dealers.map((dealer) => attacked.complaint(LIAR, dealer)),
    );
    const finished = attacked.attack();
    expectConvictions(finished, [[LIAR, 'malformed-message']]);
    expectRefusals(finished, 'dkg/malformed-message', LIAR);
  });
});

describe('silence', () => {
  it.each([1, 2, 3, 4])('in round %i leaves everybody waiting for the silent party alone', (round) => {
    const attacked = adversary()
      .say(LIAR, round, () => undefined)
      .attack();
    for (const outcome of honestOutcomes(attacked, [LIAR])) {
      expect(outcome).toEqual({ kind: 'waiting', round, missing: [LIAR] });
    }
  });

  it('of a convicted party is not waited for', () => {
    const attacked = adversary().say(LIAR, 1, new Uint8Array(3));
    for (const round of [2, 3, 4]) attacked.say(LIAR, round, () => undefined);
    expectConvictions(attacked.attack(), [[LIAR, 'malformed-message']]);
  });
});

describe('a malformed message', () => {
  const WELL_FORMED = adversary();
  const manglings: readonly (readonly [string, (body: Uint8Array) => Uint8Array])[] = [
    ['empty', () => new Uint8Array()],
    ['cut short', (body) => body.slice(0, -1)],
    ['of another version', (body) => concatBytes(fromHex('01'), body.slice(1))],
  ];
  const cases = [1, 2, 3, 4].flatMap((round) => manglings.map(([name, mangle]) => ({ round, name, mangle })));

  it.each(cases)('$name in round $round is refused, and its author convicted', ({ round, mangle }) => {
    const finished = adversary()
      .say(LIAR, round, mangle(WELL_FORMED.honest(LIAR, round)))
      .attack();
    expectRefusals(finished, 'dkg/malformed-message', LIAR);
    if (round < 4) expectConvictions(finished, [[LIAR, 'malformed-message']]);
    else expectConvictedWithoutLoss(finished, 'malformed-message');
  });

  it('with a byte after its end, although within the limit, is refused', () => {
    const body = concatBytes(WELL_FORMED.honest(LIAR, 3), new Uint8Array(1));
    const finished = adversary().say(LIAR, 3, body).attack();
    expectRefusals(finished, 'dkg/malformed-message', LIAR);
    expectConvictions(finished, [[LIAR, 'malformed-message']]);
  });

  it.each([1, 2, 3, 4])('larger than allowed in round %i is refused, and its author convicted', (round) => {
    const finished = adversary()
      .say(LIAR, round, new Uint8Array(messageBytesMax(FOUR, round) + 1).fill(1))
      .attack();
    expectRefusals(finished, 'dkg/message-too-large', LIAR);
    if (round < 4) expectConvictions(finished, [[LIAR, 'malformed-message']]);
    else expectConvictedWithoutLoss(finished, 'malformed-message');
  });
});

describe('a message from another execution', () => {
  const other = run({ ...FOUR, executionId: sha256Of('another execution') });
  const replay = (round: number) => other.sent.get(`${LIAR}:${round}`)!;

  it('in round 2 does not open what was committed to', () => {
    const attacked = adversary().say(LIAR, 2, encodeDeal(decodeDeal(FOUR, replay(2))));
    expectConvictions(attacked.attack(), [[LIAR, 'opening-mismatch']]);
  });

  it('in rounds 1 and 2 has no proof for this one', () => {
    const attacked = adversary().say(LIAR, 1, replay(1)).say(LIAR, 2, replay(2));
    expectConvictions(attacked.attack(), [[LIAR, 'invalid-encryption-key']]);
  });

  it.each([3, 4])('in round %i reports messages that nobody sent', (round) => {
    const attacked = adversary().say(LIAR, round, replay(round)).attack();
    expectFailure(attacked, [LIAR], {
      code: 'dkg/view-mismatch',
      culprits: [LIAR],
      details: { claimants: [LIAR], disputed: [1, 2, 3, 4] },
    });
  });
});

describe('a view', () => {
  it('that differs everywhere, in the verdict, names the one who reports it', () => {
    const attacked = adversary()
      .misreport(LIAR, (seen) => seen.map((digest) => changedByte(digest, 0)))
      .attack();
    expectFailure(attacked, [LIAR], { code: 'dkg/view-mismatch', culprits: [LIAR] });
  });

  it('that differs only for the one who reports it names it', () => {
    const attacked = adversary().misreport(LIAR, (seen) => changed(seen, 3, (digest) => changedByte(digest, 0)));
    const details = { claimants: [LIAR], disputed: [LIAR] };
    expectFailure(attacked.attack(), [LIAR], { code: 'dkg/view-mismatch', culprits: [LIAR], details });
  });

  it('that differs for one other party, in the verdict, names the two between whom signatures decide', () => {
    const attacked = adversary()
      .misreport(LIAR, (seen) => changed(seen, 1, (digest) => changedByte(digest, 0)))
      .attack();
    const details = { claimants: [LIAR], disputed: [2] };
    expectFailure(attacked, [2, LIAR], { code: 'dkg/view-mismatch', culprits: [], details });
    // Party 2 knows what it sent.
    expectFailure(attacked, [1, 3, LIAR], { code: 'dkg/view-mismatch', culprits: [LIAR], details });
  });

  it('that differs for one other party, in the confirmation, does the same', () => {
    const attacked = adversary()
      .sayConfirm(LIAR, ({ seen }) => ({ seen: changed(seen, 0, (digest) => changedByte(digest, 0)) }))
      .attack();
    const details = { claimants: [LIAR], disputed: [1] };
    expectFailure(attacked, [1, LIAR], { code: 'dkg/view-mismatch', culprits: [], details });
  });

  it.each([1, 2, 3])('split by equivocation in round %i stops everybody, and blames no honest party', (round) => {
    const attacked = adversary();
    const honest = attacked.honest(LIAR, round);
    const other = round === 3 ? changedByte(honest, 1) : changedByte(honest, honest.length - 1);
    const finished = attacked.say(LIAR, round, (to) => (to === 1 ? other : honest)).attack();
    for (const outcome of honestOutcomes(finished, [LIAR])) {
      if (outcome.kind !== 'failed') throw new Error(`did not fail: ${outcome.kind}`);
      expect(outcome.error.code).toBe('dkg/view-mismatch');
      expect([[], [LIAR]]).toContainEqual(outcome.error.culprits);
    }
  });

  it('split by equivocation in round 1 about the key itself convicts no honest dealer before views are compared', () => {
    const attacked = adversary();
    const finished = attacked.say(LIAR, 1, (to) => (to === 1 ? new Uint8Array(3) : attacked.honest(LIAR, 1))).attack();
    for (const outcome of honestOutcomes(finished, [LIAR])) {
      if (outcome.kind === 'waiting') expect(outcome.missing).toEqual([LIAR]);
      else expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'dkg/view-mismatch' } });
    }
  });
});

describe('a confirmation', () => {
  it('of another result convicts its author, without loss for the others', () => {
    const finished = adversary()
      .sayConfirm(LIAR, ({ resultHash }) => ({ resultHash: changedByte(resultHash, 0) }))
      .attack();
    expectConvictedWithoutLoss(finished, 'wrong-result');
  });
});

describe('too many culprits', () => {
  it('leave too few dealers, and all are named', () => {
    const attacked = adversary()
      .sayCommit(3, ({ openingHash }) => ({ openingHash: changedByte(openingHash, 0) }))
      .flipShares(LIAR, 1, (i) => (i === 31 ? 1 : 0));
    expectFailure(attacked.attack(), [3, LIAR], {
      code: 'dkg/too-few-dealers',
      culprits: [3, LIAR],
      details: { qualified: 2, threshold: 3, reasons: ['party 3: opening-mismatch', 'party 4: bad-share'] },
    });
  });
});
