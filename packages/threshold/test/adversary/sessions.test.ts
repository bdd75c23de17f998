import { bytesToBigint, concatBytes, type PartyIndex, SecretBytes, sha256Of, Transcript } from '@keymesh/foundation';
import { describe, expect, it } from 'vitest';
import { modulo, nobleCurves } from '../../src/curves/index.ts';
import {
  createPresigning,
  createSignerSet,
  createSigningContext,
  decodeRecord,
  digestRequest,
  encodeRecord,
  isConsistent,
  PairTransfers,
  type PresignatureRecord,
} from '../../src/ecdsa/index.ts';
import { multiplicationSession } from '../../src/ecdsa/multiplication.ts';
import { hashEntropy } from '../../src/ecdsa/presigning/entropy.ts';
import { createGroupKey } from '../../src/frost/index.ts';
import { curve, curves, EPOCH, primitives, requestOf } from '../ecdsa/network.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import { dealKey } from '../sharing/trusted-dealer.ts';

/** What separates one execution, signer set, epoch, curve and role from another, looked at directly. */

const THRESHOLD = 3;
const key = dealKey(curve, THRESHOLD, seededRandom('sessions'));
const expectDistinct = (values: readonly Uint8Array[]) => expect(new Set(values.map(String)).size).toBe(values.length);

/** One party's half of transfers that were never made with anybody: enough to speak in round 1. */
function transfersOf(self: PartyIndex, epochId: Uint8Array): ReadonlyMap<PartyIndex, PairTransfers> {
  const peers = [1, 2, 3, 4].filter((peer) => peer !== self);
  const secret = () => seededRandom('transfers')(16 + 3 * 2048);
  return new Map(peers.map((peer) => [peer, new PairTransfers(epochId, self, peer, secret())]));
}

interface Execution {
  readonly self: PartyIndex;
  readonly signers: readonly PartyIndex[];
  readonly epochId: Uint8Array;
  readonly executionId: Uint8Array;
}

/** The commitment to the instance key in a signer's first message. Its randomness is always the same. */
function commitmentOf({ self, signers, epochId, executionId }: Execution): Uint8Array {
  const run = createPresigning({
    signerSet: createSignerSet(curve, key.commitments, signers),
    primitives,
    epochId,
    executionId,
    self,
    share: key.share(self),
    transfers: transfersOf(self, epochId),
    random: seededRandom('the same randomness'),
  });
  const step = run.poke();
  if (step.kind !== 'send') throw new Error('nothing is sent');
  return step.body.slice(1, 33);
}

describe('the commitment to an instance key', () => {
  const execution: Execution = { self: 1, signers: [1, 2, 3], epochId: EPOCH, executionId: sha256Of('execution') };

  it('is another one for each execution, epoch, signer set and signer, though the key is the same', () => {
    expectDistinct([
      commitmentOf(execution),
      commitmentOf({ ...execution, executionId: sha256Of('execution 2') }),
      commitmentOf({ ...execution, epochId: sha256Of('epoch 2') }),
      commitmentOf({ ...execution, signers: [1, 2, 4] }),
      commitmentOf({ ...execution, self: 2 }),
    ]);
    expect(commitmentOf(execution)).toEqual(commitmentOf(execution));
  });
});

describe('a signer set', () => {
  it('has a digest over its curve, root key and signers', () => {
    const other = dealKey(curve, THRESHOLD, seededRandom('another key'));
    const p256 = dealKey(curves.p256, THRESHOLD, seededRandom('sessions'));
    expectDistinct([
      createSignerSet(curve, key.commitments, [1, 2, 3]).digest,
      createSignerSet(curve, key.commitments, [1, 2, 4]).digest,
      createSignerSet(curve, other.commitments, [1, 2, 3]).digest,
      createSignerSet(curves.p256, p256.commitments, [1, 2, 3]).digest,
    ]);
  });
});

describe('a multiplication', () => {
  it('has a session over curve, outer session, and who is holder and who is chooser', () => {
    const within = sha256Of('presigning');
    const roles = { holder: 1, chooser: 2 };
    expectDistinct([
      multiplicationSession(primitives, curve, within, roles),
      multiplicationSession(primitives, nobleCurves.p256, within, roles),
      multiplicationSession(primitives, curve, sha256Of('another'), roles),
      multiplicationSession(primitives, curve, within, { holder: 2, chooser: 1 }),
      multiplicationSession(primitives, curve, within, { holder: 1, chooser: 3 }),
      multiplicationSession(primitives, curve, within, { holder: 3, chooser: 2 }),
    ]);
  });
});

describe('the identity', () => {
  const [first, second] = [11n, 13n].map((scalar) => curve.multiplyBase(scalar));
  const entropy = sha256Of('entropy');
  const record: PresignatureRecord = {
    curve,
    epochId: EPOCH,
    executionId: EPOCH,
    transcript: EPOCH,
    rootKey: curve.multiplyBase(key.secret),
    nonce: curve.generator,
    scale: 0n,
    signers: [
      { party: 1, entropy, inverse: first!, product: second! },
      { party: 2, entropy, inverse: curve.negate(first!), product: curve.negate(second!) },
    ],
  };
  const childless = modulo(curve, -key.secret);

  it('on both sides of the sums makes no record: its scale would be zero', () => {
    expect(isConsistent(record)).toBe(false);
    expect(() => decodeRecord(curve, encodeRecord(record))).toThrowError(
      expect.objectContaining({ code: 'ecdsa/malformed-state' }),
    );
  });

  it('is no child key, in ECDSA or FROST', () => {
    expect(() => digestRequest(record, requestOf('message', childless))).toThrowError(
      expect.objectContaining({ code: 'ecdsa/invalid-request' }),
    );
    expect(() => createGroupKey(curve, key.commitments, childless)).toThrowError(
      expect.objectContaining({ code: 'frost/invalid-key' }),
    );
  });
});

describe('transfers of a pair', () => {
  const secret = () => seededRandom('transfers')(16 + 3 * 2048);
  const presignWith = (transfers: PairTransfers) =>
    createPresigning({
      signerSet: createSignerSet(curve, key.commitments, [1, 2, 3]),
      primitives,
      epochId: EPOCH,
      executionId: EPOCH,
      self: 1,
      share: key.share(1),
      transfers: new Map([...transfersOf(1, EPOCH), [2, transfers]]),
      random: seededRandom('x'),
    });
  const refused = expect.objectContaining({ code: 'ecdsa/invalid-parameters' });

  it.each([
    ['of the other one', 2, 1],
    ['with a third one', 1, 3],
    ['of two others', 3, 4],
  ])('%s are not used in their place', (_, self, peer) => {
    expect(() => presignWith(new PairTransfers(EPOCH, self, peer, secret()))).toThrowError(refused);
    expect(() => presignWith(new PairTransfers(EPOCH, 1, 2, secret()))).not.toThrow();
  });

  it('belong to the epoch in their stored bytes', () => {
    const bytes = new PairTransfers(EPOCH, 1, 2, secret()).encode().expose((each) => each.slice());
    bytes.set(sha256Of('epoch 2'), 1);
    expect(() => presignWith(PairTransfers.decode(new SecretBytes(bytes)))).toThrowError(refused);
  });
});

describe('the randomiser', () => {
  it('is that of the specification: a hash of the request and of what every signer opens', () => {
    const entropies = [1, 2].map((party) => sha256Of(`entropy ${party}`));
    const record: PresignatureRecord = {
      curve,
      epochId: EPOCH,
      executionId: EPOCH,
      transcript: EPOCH,
      rootKey: curve.multiplyBase(key.secret),
      nonce: curve.generator,
      scale: 5n,
      signers: entropies.map((entropy, i) => ({
        party: i + 1,
        entropy: hashEntropy(curve, EPOCH, EPOCH, i + 1, entropy),
        inverse: curve.generator,
        product: curve.generator,
      })),
    };
    const request = requestOf('message', 3n);
    const openings = entropies.map((entropy, i) => ({ party: i + 1, entropy }));
    const transcript = new Transcript('ecdsa/v1/randomiser').append('request', digestRequest(record, request));
    for (const { party, entropy } of openings) transcript.appendU32('signer', party).append('entropy', entropy);
    const wide = concatBytes(transcript.digest(), transcript.appendU32('part', 1).digest());
    const { randomiser, nonce } = createSigningContext(record, request, openings);
    expect(randomiser).toBe(bytesToBigint(wide) % curve.order);
    expect(curve.equals(nonce, curve.multiplyBase(randomiser))).toBe(true);
  });
});
