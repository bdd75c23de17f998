import { concatBytes, type PartyIndex, sha256Of, Transcript } from '@keymesh/foundation';
import { describe, expect, it } from 'vitest';
import { nobleCurves } from '../../src/curves/index.ts';
import type { SignerSet } from '../../src/ecdsa/index.ts';
import { createPresigning, createSignerSet, PairTransfers } from '../../src/ecdsa/index.ts';
import { hashEntropy } from '../../src/ecdsa/presigning/entropy.ts';
import { evaluateCommitments } from '../../src/sharing/index.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import { dealKey } from '../sharing/trusted-dealer.ts';
import {
  type Committee,
  committee,
  curve,
  type Delivery,
  EPOCH,
  presigningRuns,
  primitives,
  run,
  signerSetOf,
  type Tamper,
} from './network.ts';

const fresh = committee(3, 4);
const SIGNERS = [1, 2, 4];
const CHEAT = 2;
const VICTIM = 4;

/** Where the parts of a message begin (presigning/messages.ts). */
const AT = {
  instanceHash: 1,
  entropyHash: 33,
  chooser: 65,
  seen: 1,
  instanceKey: 33,
  opening: 66,
  correction: 98,
  instanceProduct: 130,
  keyProduct: 163,
  holder: 196,
  scale: 1,
  inverse: 33,
  product: 66,
};

/** Transfers that a test may burn. */
function copyOf(of: Committee): Committee {
  const transfers = new Map(
    [...of.transfers].map(([party, pairs]) => [
      party,
      new Map([...pairs].map(([peer, pair]) => [peer, PairTransfers.decode(pair.encode())])),
    ]),
  );
  return { ...of, transfers };
}

function attack(tamper: Tamper, seed = 'attack') {
  const of = copyOf(fresh);
  return { of, ...run(presigningRuns(of, SIGNERS, { seed }), tamper) };
}

/** Changes what the cheat sends to the victim in one round. */
function lie(round: number, change: (body: Uint8Array) => Uint8Array, to: PartyIndex | 'all' = VICTIM): Tamper {
  return (delivery) =>
    delivery.from === CHEAT && delivery.round === round && (to === 'all' || delivery.to === to)
      ? change(delivery.body)
      : delivery.body;
}

const put = (at: number, bytes: Uint8Array) => (body: Uint8Array) => {
  body.set(bytes, at);
  return body;
};
const flip = (at: number) => (body: Uint8Array) => {
  body[at] = (body[at] as number) ^ 1;
  return body;
};
const POINT = curve.encodePoint(curve.multiplyBase(31337n));

/** What honest signers sent in a run with this seed. */
function honest(seed: string): readonly Delivery[] {
  return run(presigningRuns(copyOf(fresh), SIGNERS, { seed })).deliveries;
}
const bodyOf = (deliveries: readonly Delivery[], from: PartyIndex, to: PartyIndex, round: number): Uint8Array =>
  (deliveries.find((d) => d.from === from && d.to === to && d.round === round) as Delivery).body;

describe('a check between two parties names the cheat and burns the pair', () => {
  const holderOf = (body: Uint8Array) => body.slice(AT.holder);
  const cases: [string, string, Tamper][] = [
    ['extension with a changed correction', 'extension', lie(1, flip(AT.chooser + 40 + 80 * 64 + 3))],
    ['extension with a changed check value', 'extension', lie(1, flip(AT.chooser + 32 + 128 * 80))],
    [
      'extension of another execution',
      'extension',
      lie(1, (body) =>
        concatBytes(body.slice(0, AT.chooser), bodyOf(honest('other'), CHEAT, VICTIM, 1).slice(AT.chooser)),
      ),
    ],
    [
      'extension meant for another signer',
      'extension',
      lie(1, (body) => concatBytes(body.slice(0, AT.chooser), bodyOf(honest('attack'), CHEAT, 1, 1).slice(AT.chooser))),
    ],
    [
      "the victim's own message sent back",
      'extension',
      lie(1, (body) =>
        concatBytes(body.slice(0, AT.chooser), bodyOf(honest('attack'), VICTIM, CHEAT, 1).slice(AT.chooser)),
      ),
    ],
    ['multiplication with a changed value', 'multiplication', lie(2, flip(AT.holder + 32 + 96 * 400 + 31))],
    ['multiplication with another check value', 'multiplication', lie(2, flip(AT.holder + 32 + 96 * 416 + 31))],
    [
      'multiplication with a value that is not reduced',
      'multiplication',
      lie(2, put(AT.holder + 32, new Uint8Array(32).fill(255))),
    ],
    [
      'multiplication of another execution',
      'multiplication',
      lie(2, (body) => concatBytes(body.slice(0, AT.holder), holderOf(bodyOf(honest('other'), CHEAT, VICTIM, 2)))),
    ],
    [
      'multiplication meant for another signer',
      'multiplication',
      lie(2, (body) => concatBytes(body.slice(0, AT.holder), holderOf(bodyOf(honest('attack'), CHEAT, 1, 2)))),
    ],
    ['instance key chosen after the others', 'opening', lie(2, put(AT.instanceKey, POINT))],
    ['opening with another nonce', 'opening', lie(2, flip(AT.opening))],
    ['other commitment to the product with the instance key', 'instance-key', lie(2, put(AT.instanceProduct, POINT))],
    ['other commitment to the product with the key share', 'key-share', lie(2, put(AT.keyProduct, POINT))],
  ];
  it.each(cases)('%s', (_name, check, tamper) => {
    const { of, failures, outputs } = attack(tamper);
    expect(outputs.size).toBe(0);
    expect(failures.get(VICTIM)).toMatchObject({
      code: 'ecdsa/pair-check-failed',
      fault: 'peer',
      culprits: [CHEAT],
      details: { check, pair: [CHEAT, VICTIM] },
    });
    expect(of.transfers.get(VICTIM)?.get(CHEAT)?.isBurnt).toBe(true);
    expect(of.transfers.get(VICTIM)?.get(1)?.isBurnt).toBe(false);
    expect(() => presigningRuns(of, SIGNERS, { seed: 'again' })).toThrowError(
      expect.objectContaining({ code: 'ecdsa/pair-burnt' }),
    );
  });

  /** What a signer of this run hashes into the commitment to its instance key. */
  function instanceHash(signer: PartyIndex, point: Uint8Array, opening: Uint8Array): Uint8Array {
    const session = new Transcript('ecdsa/v1/presigning')
      .append('signers', signerSetOf(fresh, SIGNERS).digest)
      .append('epoch', EPOCH)
      .append('execution', sha256Of('execution attack'))
      .digest();
    return new Transcript('ecdsa/v1/instance-key')
      .append('session', session)
      .appendU32('signer', signer)
      .append('instance key', point)
      .append('opening', opening)
      .digest();
  }

  it('an instance key that is not what was multiplied, committed to in time', () => {
    const opening = sha256Of('opening');
    const hash = instanceHash(CHEAT, POINT, opening);
    // The cheat's own view must hold its lie too.
    const { failures } = attack((delivery) => {
      const { from, round, body } = delivery;
      if (from === CHEAT && round === 1) return put(AT.instanceHash, hash)(body);
      if (from !== CHEAT || round !== 2) return body;
      const digest = honestDigestWith(hash);
      return put(AT.opening, opening)(put(AT.instanceKey, POINT)(put(AT.seen, digest)(body)));
    });
    for (const party of [1, VICTIM]) {
      expect(failures.get(party)).toMatchObject({ culprits: [CHEAT], details: { check: 'instance-key' } });
    }
  });

  /** The digest of round 1 in which the cheat's instance hash is another one. */
  function honestDigestWith(hash: Uint8Array): Uint8Array {
    const deliveries = honest('attack');
    const session = new Transcript('ecdsa/v1/presigning')
      .append('signers', signerSetOf(fresh, SIGNERS).digest)
      .append('epoch', EPOCH)
      .append('execution', sha256Of('execution attack'))
      .digest();
    const transcript = new Transcript('ecdsa/v1/presigning-commitments').append('session', session);
    for (const signer of SIGNERS) {
      const body = bodyOf(deliveries, signer, SIGNERS.find((party) => party !== signer) as number, 1);
      transcript
        .appendU32('signer', signer)
        .append('instance', signer === CHEAT ? hash : body.slice(AT.instanceHash, AT.instanceHash + 32))
        .append('entropy', body.slice(AT.entropyHash, AT.entropyHash + 32));
    }
    return transcript.digest();
  }

  it('a key share that is not its own', () => {
    const of = copyOf(fresh);
    const honestSet = signerSetOf(of, SIGNERS);
    const stranger = dealKey(curve, 3, seededRandom('stranger'));
    const wrong = curve.multiplyPublic(
      evaluateCommitments(curve, stranger.commitments, CHEAT),
      honestSet.weightOf(CHEAT),
    );
    const signerSet: SignerSet = {
      ...honestSet,
      keyShareOf: (party) => (party === CHEAT ? wrong : honestSet.keyShareOf(party)),
    };
    const runs = presigningRuns(of, SIGNERS);
    runs.set(
      CHEAT,
      createPresigning({
        signerSet,
        primitives,
        epochId: EPOCH,
        executionId: sha256Of('execution presigning'),
        self: CHEAT,
        share: stranger.share(CHEAT),
        transfers: of.transfers.get(CHEAT) as ReadonlyMap<PartyIndex, PairTransfers>,
        random: seededRandom('cheat'),
      }),
    );
    const { failures } = run(runs);
    expect(failures.get(VICTIM)).toMatchObject({ culprits: [CHEAT], details: { check: 'key-share' } });
  });

  it('transfers of another epoch', () => {
    const other = committee(3, 4, 'other epoch');
    const of = copyOf(fresh);
    const transfers = new Map(of.transfers).set(
      CHEAT,
      other.transfers.get(CHEAT) as ReadonlyMap<PartyIndex, PairTransfers>,
    );
    const { failures } = run(presigningRuns(of, SIGNERS, { transfers }));
    expect(failures.get(VICTIM)).toMatchObject({ culprits: [CHEAT], details: { check: 'extension' } });
  });
});

describe('views', () => {
  it.each([
    ['instance key', AT.instanceHash],
    ['entropy', AT.entropyHash],
  ])('two commitments to the %s stop everybody who hears of it, before anything is published', (_name, at) => {
    const { failures, outputs, deliveries } = attack(lie(1, flip(at)));
    expect(outputs.size).toBe(0);
    expect(failures.get(VICTIM)).toMatchObject({ code: 'ecdsa/view-mismatch' });
    expect(failures.get(1)).toMatchObject({ code: 'ecdsa/view-mismatch', details: { claimant: VICTIM } });
    expect(deliveries.filter(({ round, from }) => round === 3 && from !== CHEAT)).toEqual([]);
  });
});

describe('values that do not add up', () => {
  const one = curve.generator;
  const shiftPoint = (at: number) => (body: Uint8Array) =>
    put(at, curve.encodePoint(curve.add(curve.decodePoint(body.slice(at, at + 33)), one)))(body);
  it.each<[string, Tamper]>([
    ['mask told differently to one signer', lie(2, flip(AT.correction + 31))],
    ['wrong scale', lie(3, flip(AT.scale + 31), 'all')],
    ['wrong commitment to the inverse share', lie(3, shiftPoint(AT.inverse), 'all')],
    ['wrong commitment to the product share', lie(3, shiftPoint(AT.product), 'all')],
  ])('%s: no presignature, and the others are suspects', (_name, tamper) => {
    const { failures, outputs } = attack(tamper);
    expect(outputs.has(VICTIM)).toBe(false);
    expect(failures.get(VICTIM)).toMatchObject({
      code: 'ecdsa/inconsistent-presignature',
      culprits: [],
      details: { suspects: [1, CHEAT] },
    });
  });
});

describe('malformed messages name their sender', () => {
  const notReduced = new Uint8Array(32).fill(255);
  const offCurve = concatBytes(Uint8Array.of(2), new Uint8Array(31), Uint8Array.of(5));
  const notCanonical = concatBytes(Uint8Array.of(2), new Uint8Array(32).fill(255));
  it.each<[string, Tamper]>([
    ['the identity as instance key', lie(2, put(AT.instanceKey, new Uint8Array(33)))],
    ['a point that is not on the curve', lie(2, put(AT.instanceProduct, offCurve))],
    ['a coordinate that is not reduced', lie(2, put(AT.keyProduct, notCanonical))],
    ['a hybrid encoding', lie(2, (body) => put(AT.instanceKey, Uint8Array.of(6))(body))],
    ['a correction that is not reduced', lie(2, put(AT.correction, notReduced))],
    ['a scale that is not reduced', lie(3, put(AT.scale, notReduced))],
    ['the identity as commitment', lie(3, put(AT.inverse, new Uint8Array(33)))],
    ['another version in round 1', lie(1, flip(0))],
    ['another version in round 2', lie(2, flip(0))],
    ['another version in round 3', lie(3, flip(0))],
    ['one byte too many', lie(2, (body) => concatBytes(body, Uint8Array.of(0)))],
    ['nothing', lie(1, () => new Uint8Array(0))],
  ])('%s', (_name, tamper) => {
    const { failures, outputs } = attack(tamper);
    expect(outputs.has(VICTIM)).toBe(false);
    expect(failures.get(VICTIM)).toMatchObject({ code: 'ecdsa/malformed-message', culprits: [CHEAT] });
  });
});

describe('delivery', () => {
  it('waits for the silent and names them', () => {
    for (const round of [1, 2, 3]) {
      const { waiting, failures } = attack((d) => (d.from === CHEAT && d.round === round ? undefined : d.body));
      expect(waiting.get(VICTIM)).toEqual([CHEAT]);
      expect(failures.size).toBe(0);
    }
  });

  it('ignores repeats, and names who says something else', () => {
    const runs = presigningRuns(copyOf(fresh), SIGNERS, { seed: 'repeat' });
    const body = bodyOf(honest('repeat'), 1, 2, 1);
    const receiver = runs.get(2) as NonNullable<ReturnType<typeof runs.get>>;
    receiver.receive(1, 1, body);
    receiver.receive(1, 1, body);
    const refused = (...[from, round, bytes]: Parameters<typeof receiver.receive>) => {
      try {
        receiver.receive(from, round, bytes);
      } catch (thrown) {
        return thrown;
      }
      return undefined;
    };
    expect(refused(1, 1, flip(70)(body.slice()))).toMatchObject({ code: 'ecdsa/equivocation', culprits: [1] });
    expect(refused(3, 1, body)).toMatchObject({ code: 'ecdsa/unexpected-message', culprits: [] });
    expect(refused(4, 9, body)).toMatchObject({ code: 'ecdsa/unexpected-message', culprits: [4] });
  });

  it('ends when it is abandoned', () => {
    const runs = presigningRuns(copyOf(fresh), SIGNERS);
    const abandonedRun = runs.get(1) as NonNullable<ReturnType<typeof runs.get>>;
    abandonedRun.poke();
    abandonedRun.abandon();
    expect(() => abandonedRun.poke()).toThrowError(expect.objectContaining({ code: 'ecdsa/abandoned' }));
  });
});

describe('parameters', () => {
  const parameters = () => ({
    signerSet: signerSetOf(fresh, SIGNERS),
    primitives,
    epochId: EPOCH,
    executionId: sha256Of('execution'),
    self: 1,
    share: fresh.key.share(1),
    transfers: fresh.transfers.get(1) as ReadonlyMap<PartyIndex, PairTransfers>,
    random: seededRandom('parameters'),
  });
  it.each([
    ['another epoch', { epochId: sha256Of('epoch 2') }],
    ["somebody else's share", { share: fresh.key.share(2) }],
    ["somebody else's transfers", { transfers: fresh.transfers.get(2) as ReadonlyMap<PartyIndex, PairTransfers> }],
    ['a party outside the set', { self: 3 }],
    ['a short execution id', { executionId: new Uint8Array(31) }],
  ])('refuse %s', (_name, change) => {
    expect(() => createPresigning({ ...parameters(), ...change })).toThrowError(
      expect.objectContaining({ code: 'ecdsa/invalid-parameters' }),
    );
  });

  it.each([[[1, 2]], [[1, 2, 3, 4]], [[2, 1, 4]]])('refuse the signers %j', (signers) => {
    expect(() => createSignerSet(curve, fresh.key.commitments, signers)).toThrowError(
      expect.objectContaining({ code: 'ecdsa/invalid-parameters' }),
    );
  });
});

describe('entropy', () => {
  it('is bound to curve, epoch, execution and signer', () => {
    const entropy = sha256Of('entropy');
    const hashes = [
      hashEntropy(curve, EPOCH, EPOCH, 1, entropy),
      hashEntropy(curve, EPOCH, EPOCH, 2, entropy),
      hashEntropy(curve, EPOCH, entropy, 1, entropy),
      hashEntropy(curve, entropy, EPOCH, 1, entropy),
      hashEntropy(nobleCurves.p256, EPOCH, EPOCH, 1, entropy),
    ];
    expect(new Set(hashes.map(String)).size).toBe(hashes.length);
  });
});
