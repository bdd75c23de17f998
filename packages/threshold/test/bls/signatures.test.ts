import { utf8 } from '@keymesh/foundation';
import {
  aggregate,
  type BlsBackend,
  combine,
  nobleBls,
  type PartialSignature,
  partialSign,
  verify,
  verifyPartial,
  verifyPartialsInBatch,
} from '@keymesh/threshold/bls';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { integerLagrangeAtZero } from '../../src/bls/interpolation.ts';
import { BACKENDS, dealKey, scalarBytes, seededRandom, type TestKey, verifyingSharesFor } from './fixtures.ts';

const THRESHOLD = 5;
const PARTIES = [1, 2, 3, 4, 5, 6, 7] as const;
const key: TestKey = dealKey(THRESHOLD, 'signatures');
const random = seededRandom('signing');

describe.each(BACKENDS)('threshold signatures on $name', ({ name, load }) => {
  let backend: BlsBackend;
  beforeAll(async () => {
    backend = await load();
  });
  const parameters = (message: Uint8Array, partials: readonly PartialSignature[]) => ({
    publicKey: key.publicKey,
    threshold: THRESHOLD,
    message,
    partials,
    verifyingShares: verifyingSharesFor(backend, key),
    random,
  });

  it('gives the signature of the whole key from every subset of at least t parties', () => {
    const runs = name.includes('noble') ? 4 : 25;
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 255 }), { minLength: THRESHOLD, maxLength: 9 }),
        (message, parties) => {
          const expected = backend.encodeG2(backend.sign(scalarBytes(key.secret), message, random));
          expect(combine(backend, key.sign(backend, parties, message))).toEqual(expected);
        },
      ),
      { numRuns: runs, seed: 1 },
    );
  });

  it('does not give a signature from t − 1 parties', () => {
    const message = utf8('too few');
    const partials = key.sign(backend, [1, 2, 3, 4], message);
    expect(verify(backend, key.publicKey, message, combine(backend, partials))).toBe(false);
    expect(() => aggregate(backend, parameters(message, partials))).toThrow(
      expect.objectContaining({ code: 'sharing/wrong-share-count', fault: 'caller' }),
    );
  });

  it('verifies each partial signature under its own verifying share only', () => {
    const message = utf8('own share');
    const shares = verifyingSharesFor(backend, key);
    const [first, second] = key.sign(backend, [1, 2], message) as [PartialSignature, PartialSignature];
    expect(verifyPartial(backend, shares(1), message, first)).toBe(true);
    expect(verifyPartial(backend, shares(2), message, first)).toBe(false);
    expect(verifyPartial(backend, shares(2), utf8('other'), second)).toBe(false);
    expect(verifyPartial(backend, shares(1), message, { party: 1, value: new Uint8Array(96) })).toBe(false);
    expect(() => verifyPartial(backend, new Uint8Array(48), message, first)).toThrow(
      expect.objectContaining({ code: 'curve/invalid-point' }),
    );
  });

  it('names every party with a wrong or undecodable partial signature in a batch', () => {
    const message = utf8('batch');
    const shares = verifyingSharesFor(backend, key);
    const good = key.sign(backend, PARTIES, message);
    expect(verifyPartialsInBatch(backend, shares, message, good, random)).toEqual([]);
    const other = key.sign(backend, PARTIES, utf8('other message'));
    const bad = good.map((partial) => {
      if (partial.party === 6) return other[5] as PartialSignature;
      if (partial.party === 2) return { party: 2, value: utf8('garbage') };
      return partial;
    });
    expect(verifyPartialsInBatch(backend, shares, message, bad, random)).toEqual([2, 6]);
    expect(verifyPartialsInBatch(backend, shares, message, [], random)).toEqual([]);
  });

  it('is not fooled by errors that cancel out in an unweighted sum', () => {
    const message = utf8('cancel');
    const [one, two] = key.sign(backend, [1, 2], message) as [PartialSignature, PartialSignature];
    const shift = backend.hashToG2(utf8('shift'));
    const moved = (partial: PartialSignature, by: bigint): PartialSignature => ({
      party: partial.party,
      value: backend.encodeG2(backend.sumOfProductsG2([backend.decodeG2(partial.value), shift], [1n, by])),
    });
    const culprits = verifyPartialsInBatch(
      backend,
      verifyingSharesFor(backend, key),
      message,
      [moved(one, 1n), moved(two, -1n)],
      random,
    );
    expect(culprits).toEqual([1, 2]);
  });

  it('replaces a liar by another party and names it', () => {
    const message = utf8('replace');
    const partials = key.sign(backend, PARTIES, message);
    partials[2] = { party: 3, value: (key.sign(backend, [3], utf8('lie'))[0] as PartialSignature).value };
    const { signature, culprits } = aggregate(backend, parameters(message, partials));
    expect(culprits).toEqual([3]);
    expect(verify(nobleBls, key.publicKey, message, signature)).toBe(true);
  });

  it('names the liars when too few good partial signatures are left', () => {
    const message = utf8('named');
    const partials = key.sign(backend, [1, 3, 4, 6, 7], message);
    partials[1] = { party: 3, value: (partials[0] as PartialSignature).value };
    partials[4] = { party: 7, value: new Uint8Array(96).fill(0xff) };
    expect(() => aggregate(backend, parameters(message, partials))).toThrow(
      expect.objectContaining({ code: 'bls/invalid-partials', fault: 'peer', culprits: [7] }),
    );
    partials[4] = key.sign(backend, [7], utf8('other'))[0] as PartialSignature;
    expect(() => aggregate(backend, parameters(message, partials))).toThrow(
      expect.objectContaining({ code: 'bls/invalid-partials', fault: 'peer', culprits: [3, 7] }),
    );
  });

  it('survives partial signatures that add up to the identity', () => {
    const message = utf8('identity');
    const partials = key.sign(backend, [1, 2, 3, 4, 6], message);
    const { weights } = integerLagrangeAtZero([1, 2, 3, 4, 6]);
    expect(weights[4]).toBe(1n);
    const cancelling = backend.sumOfProductsG2(
      partials.slice(0, 4).map(({ value }) => backend.decodeG2(value)),
      weights.slice(0, 4).map((weight) => -weight),
    );
    partials[4] = { party: 6, value: backend.encodeG2(cancelling) };
    expect(() => combine(backend, partials)).toThrow(expect.objectContaining({ code: 'curve/invalid-point' }));
    expect(() => aggregate(backend, parameters(message, partials))).toThrow(
      expect.objectContaining({ code: 'bls/invalid-partials', culprits: [6] }),
    );
  });

  it('says so when the keys do not belong together', () => {
    const message = utf8('keys');
    const partials = key.sign(backend, PARTIES, message);
    const other = dealKey(THRESHOLD, 'another key');
    expect(() => aggregate(backend, { ...parameters(message, partials), publicKey: other.publicKey })).toThrow(
      expect.objectContaining({ code: 'bls/inconsistent-keys', fault: 'caller' }),
    );
  });

  it('refuses a party that appears twice or is not one', () => {
    const message = utf8('twice');
    const partials = key.sign(backend, [1, 2, 3, 4, 5], message);
    const invalid = expect.objectContaining({ code: 'sharing/invalid-party' });
    expect(() => combine(backend, [...partials, partials[0] as PartialSignature])).toThrow(invalid);
    expect(() => combine(backend, [{ ...(partials[0] as PartialSignature), party: 0 }, ...partials])).toThrow(invalid);
    expect(() => partialSign(backend, 0, key.share(1), message, random)).toThrow(invalid);
  });

  it('never shows a share in an error', () => {
    const share = key.share(1);
    const tooLong = key.share(1).expose((bytes) => Uint8Array.of(...bytes, 0));
    const hex = share.expose((bytes) => Buffer.from(bytes).toString('hex'));
    try {
      backend.sign(tooLong, utf8('m'), random);
      expect.unreachable();
    } catch (thrown) {
      const printed = `${String(thrown)} ${JSON.stringify(thrown)} ${(thrown as Error).stack}`;
      expect(printed).toContain('curve/invalid-scalar');
      expect(printed).not.toContain(hex);
      expect(printed).not.toContain(key.secret.toString());
    }
    expect(JSON.stringify({ share })).not.toContain(hex);
    share.wipe();
    expect(() => partialSign(backend, 1, share, utf8('m'), random)).toThrow(
      expect.objectContaining({ code: 'secret/wiped' }),
    );
  });
});
