import { toHex } from '@keymesh/foundation';
import { describe, expect, it } from 'vitest';
import { nobleCurves } from '../../src/curves/index.ts';
import { createKeyGeneration, messageBytesMax } from '../../src/dkg/index.ts';
import { rootPublicKey, verifyingShareOf } from '../../src/public-key-package/index.ts';
import { ROOT_KEY_NAMES, ROOT_KEYS } from '../../src/root-keys.ts';
import { interpolate } from '../../src/sharing/index.ts';
import { curves, outputsOf, parametersOf, type Run, run, setting } from './network.ts';

/** For each root: the share values of all participants. */
function sharesOf(runs: Run, root: number) {
  const curve = curves[ROOT_KEYS[ROOT_KEY_NAMES[root]!].curve];
  return [...outputsOf(runs)].map(([index, { shares }]) => ({
    index,
    value: shares[root]!.share.expose((bytes) => curve.decodeScalar(bytes)),
  }));
}

const SETTINGS = [
  { name: 'n = 2, t = 2', of: setting(2) },
  { name: 'n = 3, t = 2', of: setting(3) },
  { name: 'n = 4, t = 3', of: setting(4) },
  { name: 'n = 5, t = 4', of: setting(5) },
  { name: 'n = 6, t = 4', of: setting(6) },
  { name: 'n = 7, t = 5', of: setting(7) },
  { name: 'n = 4, t = 3, party 2 excluded', of: setting(4, { participants: [1, 3, 4] }) },
  { name: 'n = 7, t = 5, parties 1 and 7 excluded', of: setting(7, { participants: [2, 3, 4, 5, 6] }) },
];

describe.each(SETTINGS)('a key generation with $name', ({ of }) => {
  const finished = run(of);
  const outputs = outputsOf(finished);

  it('gives all participants the same public result and refuses no message', () => {
    const first = outputs.get(of.participants[0]!)!;
    for (const output of outputs.values()) {
      expect(output.publicKeyPackage).toEqual(first.publicKeyPackage);
      expect(output.resultHash).toEqual(first.resultHash);
      expect(output.transcriptDigest).toEqual(first.transcriptDigest);
      expect(output.qualified).toEqual(of.participants);
      expect(output.convicted).toEqual([]);
    }
    expect(outputs.size).toBe(of.participants.length);
    expect([...finished.refusals.values()].flat()).toEqual([]);
  });

  it.each(ROOT_KEY_NAMES.map((name, i) => ({ name, i })))('shares the secret of $name among t', ({ name, i }) => {
    const curve = curves[ROOT_KEYS[name].curve];
    const { publicKeyPackage } = outputs.get(of.participants[0]!)!;
    const shares = sharesOf(finished, i);
    const publicKeyOf = (secret: bigint) => toHex(curve.encodePoint(curve.multiplyBase(secret)));
    const expected = toHex(rootPublicKey(publicKeyPackage, name));
    expect(publicKeyOf(interpolate(curve, shares.slice(0, of.threshold), of.threshold))).toBe(expected);
    expect(publicKeyOf(interpolate(curve, shares.slice(-of.threshold), of.threshold))).toBe(expected);
    const tooFew = shares.slice(0, of.threshold - 1);
    expect(publicKeyOf(interpolate(curve, tooFew, of.threshold - 1))).not.toBe(expected);
    for (const { index, value } of shares) {
      const verifying = verifyingShareOf(curves, publicKeyPackage, name, index);
      expect(curve.equals(curve.multiplyBase(value), verifying)).toBe(true);
    }
  });

  it('makes ten different keys', () => {
    const { publicKeyPackage } = outputs.get(of.participants[0]!)!;
    expect(new Set(ROOT_KEY_NAMES.map((name) => toHex(rootPublicKey(publicKeyPackage, name)))).size).toBe(10);
    expect(publicKeyPackage.partyCount).toBe(of.partyCount);
    expect(publicKeyPackage.threshold).toBe(of.threshold);
  });

  it('sends messages of exactly the sizes that the limits allow', () => {
    for (const [key, body] of finished.sent) {
      const round = Number(key.split(':')[1]);
      const complaints = round === 3 ? (of.participants.length - 1) * (2 + 33 + 64) : 0;
      expect(body.length).toBe(messageBytesMax(of, round) - complaints);
    }
  });
});

describe('a key generation', () => {
  it('does not depend on the point cache', () => {
    const of = setting(3);
    const uncached = run({ ...of, curves: nobleCurves });
    expect(outputsOf(uncached).get(1)!.resultHash).toEqual(outputsOf(run(of)).get(1)!.resultHash);
  });

  it('gives other keys and another result for other randomness', () => {
    const one = outputsOf(run(setting(3))).get(1)!;
    const other = outputsOf(run(setting(3, { seed: 'seed 2' }))).get(1)!;
    for (const name of ROOT_KEY_NAMES) {
      expect(rootPublicKey(one.publicKeyPackage, name)).not.toEqual(rootPublicKey(other.publicKeyPackage, name));
    }
    expect(one.resultHash).not.toEqual(other.resultHash);
  });

  it('binds the result to the execution id', () => {
    const one = outputsOf(run(setting(3))).get(1)!;
    const other = outputsOf(run(setting(3, { executionId: new Uint8Array(32).fill(7) }))).get(1)!;
    expect(one.publicKeyPackage).toEqual(other.publicKeyPackage);
    expect(one.resultHash).not.toEqual(other.resultHash);
    expect(one.transcriptDigest).not.toEqual(other.transcriptDigest);
  });

  it('sends each message once and repeats its output', () => {
    const protocol = createKeyGeneration(parametersOf(setting(2), 1));
    expect(protocol.poke()).toMatchObject({ kind: 'send', to: 'all', reliable: true, round: 1 });
    expect(protocol.poke()).toEqual({ kind: 'wait', round: 1, missing: [2] });
    expect(protocol.poke()).toEqual({ kind: 'wait', round: 1, missing: [2] });
  });

  it.each([
    ['a short execution id', { executionId: new Uint8Array(31) }, 'dkg/invalid-parameters'],
    ['unsorted participants', { participants: [2, 1, 3] }, 'dkg/invalid-parameters'],
    ['a participant twice', { participants: [1, 1, 2, 3] }, 'dkg/invalid-parameters'],
    ['fewer participants than the threshold', { participants: [1, 2] }, 'dkg/invalid-parameters'],
    ['this party missing', { participants: [2, 3, 4] }, 'dkg/invalid-parameters'],
    ['party 0', { participants: [0, 1, 2, 3] }, 'sharing/invalid-party'],
    ['a party beyond the committee', { participants: [1, 2, 5] }, 'sharing/invalid-party'],
    ['a threshold of one', { threshold: 1 }, 'sharing/invalid-parameters'],
    ['a threshold above the committee', { threshold: 5 }, 'sharing/invalid-parameters'],
  ])('refuses to start with %s', (_, change, code) => {
    const start = () => createKeyGeneration(parametersOf(setting(4, change), 1));
    expect(start).toThrow(expect.objectContaining({ code, fault: 'caller' }));
  });
});
