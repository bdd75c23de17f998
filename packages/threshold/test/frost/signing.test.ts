import { inspect } from 'node:util';
import { concatBytes, KeymeshError, toHex } from '@keymesh/foundation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modulo } from '../../src/curves/index.ts';
import {
  aggregate,
  commit,
  createGroupKey,
  createSigningContext,
  decodeCommitments,
  type NonceCommitment,
  type SignatureShare,
  type SigningNonces,
  signShare,
  verifyShare,
  verifySignature,
} from '../../src/frost/index.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import { dealKey } from '../sharing/trusted-dealer.ts';
import { implementations } from './implementations.ts';
import { independentVerifiers } from './independent-verifiers.ts';
import { runSigning } from './signing-run.ts';

function thrown(run: () => unknown): KeymeshError {
  try {
    run();
  } catch (error) {
    if (error instanceof KeymeshError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** t, and at least t distinct ascending signers. */
const committees = fc.integer({ min: 2, max: 5 }).chain((threshold) =>
  fc.record({
    threshold: fc.constant(threshold),
    signers: fc
      .uniqueArray(fc.integer({ min: 1, max: 255 }), { minLength: threshold, maxLength: threshold + 3 })
      .map((parties) => parties.sort((a, b) => a - b)),
  }),
);

describe.each(implementations)('FROST $suite.id over $backend', ({ suite, curve }) => {
  const message = new Uint8Array([1, 2, 3]);
  const base = { suite, curve, message, threshold: 3, signers: [1, 4, 5, 9] };
  const flip = (bytes: Uint8Array): Uint8Array => {
    // The scalar plus one: well-formed and wrong.
    return curve.encodeScalar(modulo(curve, curve.decodeScalar(bytes) + 1n));
  };
  const replace = (shares: readonly SignatureShare[], party: number, share: Uint8Array): SignatureShare[] =>
    shares.map((own) => (own.party === party ? { party, share } : own));

  it('any t or more parties sign, for root and derived keys, any message', () => {
    fc.assert(
      fc.property(
        committees,
        fc.uint8Array({ maxLength: 100 }),
        fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: curve.order - 1n })),
        fc.integer(),
        ({ threshold, signers }, text, tweak, seed) => {
          const run = runSigning({ suite, curve, threshold, signers, message: text, tweak, seed });
          const signature = aggregate(run.context, run.shares);
          const publicKey = curve.encodePoint(curve.multiplyBase(modulo(curve, run.dealt.secret + tweak)));
          expect(toHex(run.key.encodedPublicKey)).toBe(toHex(publicKey));
          expect(signature.length).toBe(suite.signatureBytes);
          expect(independentVerifiers[suite.scheme]?.(publicKey, text, signature)).not.toBe(false);
          expect(verifySignature(suite, curve, publicKey, text, signature)).toBe(true);
          expect(verifySignature(suite, curve, publicKey, concatBytes(text, Uint8Array.of(0)), signature)).toBe(false);
          if (tweak !== 0n) {
            const root = curve.encodePoint(run.dealt.commitments[0]!);
            expect(verifySignature(suite, curve, root, text, signature)).toBe(false);
          }
          for (const { party, share } of run.shares) expect(verifyShare(run.context, party, share)).toBe(true);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('refuses fewer signers than the threshold', () => {
    expect(thrown(() => runSigning({ ...base, signers: [1, 4], seed: 1 })).code).toBe('frost/too-few-signers');
  });

  it('t − 1 colluding parties that claim a lower threshold get no signature', () => {
    const random = seededRandom('collusion');
    const dealt = dealKey(curve, 3, random);
    // The commitments' first two make a group key that two signers satisfy in number, but not in secret.
    const key = createGroupKey(curve, dealt.commitments.slice(0, 2));
    const nonces = [1, 2].map((party) => commit({ suite, curve, party, share: dealt.share(party), random }));
    const commitments = decodeCommitments(
      curve,
      nonces.map((made) => made.commitment),
    );
    const context = createSigningContext({ suite, key, commitments, message });
    const shares = nonces.map((made) => {
      const { party } = made.commitment;
      return { party, share: signShare(context, made, dealt.share(party)) };
    });
    expect(thrown(() => aggregate(context, shares)).code).toBe('frost/invalid-share');
  });

  it.each(['if-signature-fails', 'always'] as const)(
    'names exactly those who sent wrong shares (%s)',
    (verifyShares) => {
      const run = runSigning({ ...base, seed: 2 });
      const wrong = replace(run.shares, 4, flip(run.shares[1]!.share));
      const malformed = replace(wrong, 9, new Uint8Array(curve.scalarBytes).fill(0xff));
      const short = replace(wrong, 5, new Uint8Array(3));
      for (const [shares, culprits] of [
        [wrong, [4]],
        [malformed, [4, 9]],
        [short, [4, 5]],
      ] as const) {
        const error = thrown(() => aggregate(run.context, shares, { verifyShares }));
        expect(error).toMatchObject({ code: 'frost/invalid-share', fault: 'peer', culprits });
      }
    },
  );

  it('accepts wrong shares that cancel out only when it does not verify each, and the signature is valid', () => {
    const run = runSigning({ ...base, seed: 3 });
    const shifted = (position: number, by: bigint): Uint8Array =>
      curve.encodeScalar(modulo(curve, curve.decodeScalar(run.shares[position]!.share) + by));
    const shares = replace(replace(run.shares, 1, shifted(0, 5n)), 4, shifted(1, -5n));
    const signature = aggregate(run.context, shares);
    expect(verifySignature(suite, curve, run.key.encodedPublicKey, message, signature)).toBe(true);
    expect(independentVerifiers[suite.scheme]?.(run.key.encodedPublicKey, message, signature)).not.toBe(false);
    expect(thrown(() => aggregate(run.context, shares, { verifyShares: 'always' })).culprits).toEqual([1, 4]);
  });

  it('does not verify a share as that of another party or another run', () => {
    const run = runSigning({ ...base, seed: 4 });
    const other = runSigning({ ...base, seed: 5 });
    expect(verifyShare(run.context, 4, run.shares[0]!.share)).toBe(false);
    expect(verifyShare(run.context, 1, other.shares[0]!.share)).toBe(false);
    expect(thrown(() => verifyShare(run.context, 2, run.shares[0]!.share)).code).toBe('frost/wrong-signers');
  });

  it('wants exactly one share per signer', () => {
    const run = runSigning({ ...base, seed: 6 });
    const [first, second, third, fourth] = run.shares as [
      SignatureShare,
      SignatureShare,
      SignatureShare,
      SignatureShare,
    ];
    for (const shares of [
      [],
      [first, second, third],
      [first, second, third, third],
      [first, second, third, fourth, fourth],
      [first, second, third, { ...fourth, party: 8 }],
    ]) {
      expect(thrown(() => aggregate(run.context, shares)).code).toBe('frost/wrong-signers');
    }
    // The order does not matter.
    expect(aggregate(run.context, [fourth, second, first, third])).toEqual(aggregate(run.context, run.shares));
  });

  describe('commitments', () => {
    const random = seededRandom('commitments');
    const dealt = dealKey(curve, 2, random);
    const key = createGroupKey(curve, dealt.commitments);
    const make = (party: number): SigningNonces => commit({ suite, curve, party, share: dealt.share(party), random });

    it('must be ascending and distinct', () => {
      const [one, two] = [make(1).commitment, make(2).commitment];
      for (const list of [
        [two, one],
        [one, one],
        [one, two, two],
      ]) {
        expect(thrown(() => decodeCommitments(curve, list)).code).toBe('frost/invalid-commitment-list');
      }
      expect(thrown(() => decodeCommitments(curve, [{ ...one, party: 0 }, two])).code).toBe('sharing/invalid-party');
      expect(thrown(() => decodeCommitments(curve, [one, { ...two, party: 256 }])).code).toBe('sharing/invalid-party');
    });

    it('that are not valid points name their parties', () => {
      const [one, two, three] = [make(1).commitment, make(2).commitment, make(3).commitment];
      const list = [
        one,
        { ...two, hiding: new Uint8Array(curve.pointBytes) },
        { ...three, binding: new Uint8Array(1) },
      ];
      expect(thrown(() => decodeCommitments(curve, list))).toMatchObject({
        code: 'frost/invalid-commitment',
        fault: 'peer',
        culprits: [2, 3],
      });
    });

    it('that the coordinator swapped stop the signer, and its nonces are spent', () => {
      const nonces = [make(1), make(2)];
      const [own, peer] = nonces.map((made) => made.commitment) as [NonceCommitment, NonceCommitment];
      const swapped = decodeCommitments(curve, [{ ...own, binding: make(1).commitment.binding }, peer]);
      const context = createSigningContext({ suite, key, commitments: swapped, message });
      expect(thrown(() => signShare(context, nonces[0]!, dealt.share(1))).code).toBe('frost/own-commitment-missing');
      const honest = createSigningContext({ suite, key, message, commitments: decodeCommitments(curve, [own, peer]) });
      expect(thrown(() => signShare(honest, nonces[0]!, dealt.share(1))).code).toBe('frost/nonce-reused');
      expect(thrown(() => signShare(honest, make(3), dealt.share(3))).code).toBe('frost/wrong-signers');
    });

    it('of one signer that were changed for some only make its share the one that is named', () => {
      const nonces = [make(1), make(2), make(3)];
      const list = nonces.map((made) => made.commitment);
      const lie = list.map((entry) => (entry.party === 2 ? { ...entry, hiding: make(2).commitment.hiding } : entry));
      const contextOf = (received: NonceCommitment[]) =>
        createSigningContext({ suite, key, message, commitments: decodeCommitments(curve, received) });
      // Everyone was told the lie, party 2 too, so it signs with nonces that are not behind its commitment.
      const context = contextOf(lie);
      const shares = nonces.map((made) => {
        const { party } = made.commitment;
        const share =
          party === 2 ? signShare(contextOf(list), made, dealt.share(2)) : signShare(context, made, dealt.share(party));
        return { party, share };
      });
      expect(thrown(() => aggregate(context, shares))).toMatchObject({ fault: 'peer', culprits: [2] });
    });

    it('of another curve are refused', () => {
      const other = implementations.find((candidate) => candidate.curve.name !== curve.name)!;
      const foreign = runSigning({ ...other, message, threshold: 2, signers: [1, 2], seed: 1 });
      const { commitments } = foreign.context;
      expect(thrown(() => createSigningContext({ suite, key, message, commitments })).code).toBe(
        'frost/invalid-commitment-list',
      );
    });
  });

  describe('nonces', () => {
    const random = seededRandom('nonces');
    const dealt = dealKey(curve, 2, random);
    const key = createGroupKey(curve, dealt.commitments);
    const make = (party: number): SigningNonces => commit({ suite, curve, party, share: dealt.share(party), random });

    it('sign once', () => {
      const nonces = [make(1), make(2)];
      const commitments = decodeCommitments(
        curve,
        nonces.map((made) => made.commitment),
      );
      const context = createSigningContext({ suite, key, commitments, message });
      expect(nonces[0]!.isUsed).toBe(false);
      signShare(context, nonces[0]!, dealt.share(1));
      expect(nonces[0]!.isUsed).toBe(true);
      expect(thrown(() => signShare(context, nonces[0]!, dealt.share(1))).code).toBe('frost/nonce-reused');
    });

    it('are gone before use, and wiped after it', () => {
      const nonces = make(1);
      const pair = nonces.spend((taken) => {
        expect(nonces.isUsed).toBe(true);
        expect(thrown(() => nonces.spend(() => undefined)).code).toBe('frost/nonce-reused');
        return taken;
      });
      expect([pair.hiding.isWiped, pair.binding.isWiped]).toEqual([true, true]);
      const discarded = make(1);
      discarded.discard();
      expect(thrown(() => discarded.spend(() => undefined)).code).toBe('frost/nonce-reused');
      discarded.discard();
    });

    it('are never printed, serialised or cloned', () => {
      const nonces = make(1);
      const print = (): string[] => [
        JSON.stringify({ nonces }),
        inspect(nonces, { depth: 9, showHidden: true }),
        inspect({ nested: [nonces] }, { depth: 9, customInspect: false, showHidden: true }),
        `${nonces}`,
        JSON.stringify(Object.values(nonces)),
        inspect(structuredClone(nonces as object), { depth: 9, showHidden: true }),
      ];
      const texts = print();
      const secrets: string[] = [];
      nonces.spend(({ hiding, binding }) => {
        for (const secret of [hiding, binding]) {
          secret.expose((bytes) => secrets.push(toHex(bytes), Buffer.from(bytes).toString('base64'), bytes.join(',')));
          texts.push(inspect({ secret }, { showHidden: true }), JSON.stringify({ secret }), ...print());
        }
      });
      texts.push(JSON.stringify(thrown(() => nonces.spend(() => undefined))));
      for (const text of texts) for (const secret of secrets) expect(text).not.toContain(secret);
      expect(texts[0]).toBe('{"nonces":"[redacted]"}');
    });

    it('differ from call to call, and hedge a repeated random source with the share', () => {
      expect(toHex(make(1).commitment.hiding)).not.toBe(toHex(make(1).commitment.hiding));
      const stuck = () => new Uint8Array(32).fill(7);
      const [a, b] = [1, 2].map((party) => commit({ suite, curve, party, share: dealt.share(party), random: stuck }));
      expect(toHex(a!.commitment.hiding)).not.toBe(toHex(b!.commitment.hiding));
    });
  });
});
