import { concatBytes, toHex } from '@keymesh/foundation';
import { describe, expect, it } from 'vitest';
import {
  aggregate,
  commit,
  createGroupKey,
  createSigningContext,
  decodeCommitments,
  signShare,
  verifyShare,
} from '../../src/frost/index.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import { dealKey } from '../sharing/trusted-dealer.ts';
import { implementations } from './implementations.ts';
import { nobleSuites } from './noble-suites.ts';

/** Another implementation of the RFC, on random inputs that the vectors do not have: more signers, other indices. */
describe.each(
  implementations.flatMap(({ suite, curve, backend }) => {
    const noble = nobleSuites[suite.scheme];
    return noble === undefined ? [] : [{ suite, curve, backend, noble }];
  }),
)('$suite.id over $backend against noble FROST', ({ suite, curve, noble }) => {
  it.each([
    { threshold: 2, signers: [1, 3] },
    { threshold: 3, signers: [2, 5, 11, 200] },
  ])('makes the same shares for $threshold of $signers', ({ threshold, signers }) => {
    const random = seededRandom(`noble ${threshold}`);
    const dealt = dealKey(curve, threshold, random);
    const key = createGroupKey(curve, dealt.commitments);
    const message = random(33);
    const nobleId = (party: number): string => noble.Identifier.fromNumber(party);
    const pub = {
      signers: { min: threshold, max: 255 },
      commitments: dealt.commitments.map((point) => curve.encodePoint(point)),
      verifyingShares: Object.fromEntries(
        signers.map((party) => [nobleId(party), curve.encodePoint(key.verifyingShare(party))]),
      ),
    };
    // The same randomness on both sides: round 1 agrees too.
    const made = signers.map((party) => {
      const bytes = [random(32), random(32)];
      const secret = { identifier: nobleId(party), signingShare: dealt.share(party).expose((share) => share.slice()) };
      const feed = (): (() => Uint8Array) => {
        const rest = bytes.map((each) => each.slice());
        return () => rest.shift()!;
      };
      return {
        party,
        secret,
        ours: commit({ suite, curve, party, share: dealt.share(party), random: feed() }),
        theirs: noble.commit(secret, feed() as never),
      };
    });
    for (const { ours, theirs } of made) {
      expect(toHex(concatBytes(ours.commitment.hiding, ours.commitment.binding))).toBe(
        toHex(concatBytes(theirs.commitments.hiding, theirs.commitments.binding)),
      );
    }
    const context = createSigningContext({
      suite,
      key,
      message,
      commitments: decodeCommitments(
        curve,
        made.map(({ ours }) => ours.commitment),
      ),
    });
    const list = made.map(({ theirs }) => theirs.commitments);
    const theirShares: Record<string, Uint8Array> = {};
    const shares = made.map(({ party, secret, ours, theirs }) => {
      const share = signShare(context, ours, dealt.share(party));
      const theirShare = noble.signShare(secret, pub, theirs.nonces, list, message);
      expect(toHex(share)).toBe(toHex(theirShare));
      expect(noble.verifyShare(pub, list, message, nobleId(party), share)).toBe(true);
      expect(verifyShare(context, party, theirShare)).toBe(true);
      theirShares[nobleId(party)] = theirShare;
      return { party, share };
    });
    const signature = aggregate(context, shares);
    expect(toHex(signature)).toBe(toHex(noble.aggregate(pub, list, message, theirShares)));
    expect(noble.verify(signature, message, key.encodedPublicKey)).toBe(true);
  });
});
