import { bigintToBytes, concatBytes, type PartyIndex, type RandomSource, sha256Of } from '@keymesh/foundation';
import { describe, expect, it } from 'vitest';
import { type Curve, invert, modulo } from '../../src/curves/index.ts';
import { loadNativeCurves } from '../../src/curves/native/index.ts';
import { type DerivableCurveName, deriveTweak } from '../../src/derivation/index.ts';
import { type FrostSuite, frostEd25519, frostSuites, frostTaproot } from '../../src/frost/index.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import { type DealtKey, dealKey } from '../sharing/trusted-dealer.ts';
import { findCombinations, findInBytes } from './direct-search.ts';
import {
  equationsOf,
  type FrostAttack,
  type FrostKnowledge,
  findGuessedNonces,
  findShortNonces,
  solveLinearly,
} from './frost-attacks.ts';
import { type FrostRun, nonceName, recordFrost } from './frost-view.ts';
import { LinearSystem } from './linear-system.ts';

/**
 * As for ECDSA: everything that t − 1 parties draw, hold, send, receive and see of many FROST signatures, handed to
 * attacks that find the key where nonces repeat, count, are short or guessable. Signers that leak show that they do.
 */

const native = await loadNativeCurves();

interface Setting {
  readonly suite: FrostSuite;
  readonly curve: Curve;
  readonly key: DealtKey;
  readonly parties: number;
  readonly threshold: number;
}

function settingOf(suite: FrostSuite, threshold: number, parties: number): Setting {
  const curve = native[suite.curve];
  return { suite, curve, key: dealKey(curve, threshold, seededRandom(`frost ${suite.id}`)), parties, threshold };
}

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};

/** Sets of at least t of n, that overlap and repeat, and in which the corrupt 1 … t − 1 are, or are not. */
function signersOf({ threshold, parties }: Setting, i: number): PartyIndex[] {
  const corrupt = Array.from({ length: threshold - 1 }, (_, at) => at + 1);
  const honest = Array.from({ length: parties - threshold + 1 }, (_, at) => threshold + at);
  if (i % 4 === 1) return [...corrupt, honest[1]!];
  if (i % 4 === 2) return [...corrupt, ...honest];
  if (i % 4 === 3) return [...corrupt.slice(1), honest[0]!, honest[1]!];
  return [...corrupt, honest[0]!];
}

function record(of: Setting, count: number, options: (i: number) => Partial<FrostRun> = () => ({})): FrostKnowledge {
  const corrupt = Array.from({ length: of.threshold - 1 }, (_, at) => at + 1);
  const views = Array.from({ length: count }, (_, i) =>
    recordFrost({
      suite: of.suite,
      curve: of.curve,
      key: of.key,
      corrupt,
      signers: signersOf(of, i),
      message: sha256Of(`message ${i % 3}`),
      tweak: i % 3 === 0 ? 0n : deriveTweak(of.suite.curve as DerivableCurveName, sha256Of(`key ${i % 4}`)),
      seed: `frost ${i}`,
      ...options(i),
    }),
  );
  const share = (party: PartyIndex) => of.key.share(party).expose((bytes) => of.curve.decodeScalar(bytes));
  return { views, shares: new Map(corrupt.map((party) => [party, share(party)])) };
}

const shareOf = ({ key, curve }: Setting, party: PartyIndex): bigint =>
  key.share(party).expose((bytes) => curve.decodeScalar(bytes));

/** Draws that a bad source may give. */
const GUESSES = 512;
const weak = (i: number): RandomSource => seededRandom(`weak source ${i}`);
function guessesOf({ suite }: Setting): (readonly [bigint, bigint])[] {
  return Array.from({ length: GUESSES }, (_, i) => {
    const source = weak(i);
    return [suite.hashToNonce(source(32)), suite.hashToNonce(source(32))] as const;
  });
}

const settings = [
  ...Object.values<FrostSuite>(frostSuites).map((suite) => {
    const count = native[suite.curve].backend === 'noble' ? 4 : 12;
    return { name: `${suite.scheme}, three of four`, count, of: once(() => settingOf(suite, 3, 4)) };
  }),
  { name: 'SchnorrEd25519Sha512, five of seven', count: 8, of: once(() => settingOf(frostEd25519, 5, 7)) },
].map((setting) => ({ ...setting, knowledge: once(() => record(setting.of(), setting.count)) }));

describe.each(settings)('FROST: $name', ({ of, knowledge }) => {
  it('the harness knows what it looks for: the truth satisfies every equation', () => {
    const { curve } = of();
    const system = new LinearSystem(curve.order, equationsOf(knowledge()));
    for (const { honest } of knowledge().views) {
      for (const { party, truth, hiding, binding } of honest) {
        system.add({ coefficients: { [`x${party}`]: 1n }, constant: shareOf(of(), party) });
        system.add({ coefficients: { [nonceName(hiding)]: 1n }, constant: truth.hiding });
        system.add({ coefficients: { [nonceName(binding)]: 1n }, constant: truth.binding });
        expect(nonceName(curve.encodePoint(curve.multiplyBase(truth.hiding)))).toBe(nonceName(hiding));
      }
    }
    expect(system.contradicts).toBe(false);
  });

  it('no secret of an honest signer stands in what the others have', () => {
    const { curve, key } = of();
    const { views } = knowledge();
    const shares = new Set(views.flatMap(({ honest }) => honest.map(({ party }) => shareOf(of(), party))));
    const global = [key.secret, ...shares];
    const bytes = views.flatMap((view) => view.bytes);
    expect(findInBytes(bytes, global, curve.scalarBytes)).toEqual([]);
    for (const view of views) {
      const nonces = view.honest.flatMap(({ truth }) => [truth.hiding, truth.binding]);
      const { tweak } = view.context.key;
      const secrets = [...global, modulo(curve, key.secret + tweak), ...nonces];
      const factors = [
        1n,
        tweak,
        view.context.challenge,
        ...view.honest.flatMap((each) => [each.slope, each.bindingFactor]),
      ];
      const coefficients = factors
        .filter((factor) => factor !== 0n)
        .flatMap((factor) => [factor, -factor, invert(curve, factor), -invert(curve, factor)]);
      expect(findInBytes(view.bytes, nonces, curve.scalarBytes)).toEqual([]);
      expect(findCombinations(curve.order, view.scalars, coefficients, secrets)).toEqual([]);
      // Were one known, a share would fall out at once.
      const { truth, bindingFactor, slope, response, party } = view.honest[0]!;
      const withLeak = [
        ...view.scalars,
        modulo(curve, response - truth.hiding),
        modulo(curve, bindingFactor * truth.binding),
      ];
      const found = findCombinations(curve.order, withLeak, coefficients, [
        modulo(curve, slope * (shareOf(of(), party) + tweak)),
        ...secrets,
      ]);
      expect(found.length).toBeGreaterThan(0);
    }
  });

  it('no nonce commitment is there twice, and linear algebra determines nothing', () => {
    const { views } = knowledge();
    const commitments = views.flatMap(({ honest }) => honest.flatMap((each) => [each.hiding, each.binding]));
    expect(new Set(commitments.map(nonceName)).size).toBe(commitments.length);
    const signatures = views.reduce((sum, { honest }) => sum + honest.length, 0);
    const honestParties = new Set(views.flatMap(({ honest }) => honest.map(({ party }) => party))).size;
    // One equation for each share, in two new unknowns; and the polynomial.
    const system = new LinearSystem(of().curve.order, equationsOf(knowledge()));
    expect(system.rank).toBe(signatures + honestParties - 1);
    for (const { honest } of views) {
      for (const { party, hiding, binding } of honest) {
        for (const name of [`x${party}`, nonceName(hiding), nonceName(binding)])
          expect(system.solve(name)).toBe(undefined);
      }
    }
    expect(solveLinearly(knowledge())).toBe(undefined);
    const groupCommitments = views.map(({ context }) => nonceName(context.encodedGroupCommitment));
    expect(new Set(groupCommitments).size).toBe(groupCommitments.length);
  });
});

/** Bits of a nonce that a lattice of 26 dimensions finds in 12 signatures. */
const SHORT_BITS = 112;
const SIGNATURES = 12;
const alwaysThree = (): Partial<FrostRun> => ({ signers: [1, 2, 3] });

describe.each([frostEd25519, frostTaproot])('signers of $scheme', (suite) => {
  const of = once(() => settingOf(suite, 3, 4));
  const expectFound = (attack: FrostAttack, count: number, options: (i: number) => Partial<FrostRun>) =>
    expect(attack(record(of(), count, (i) => ({ ...alwaysThree(), ...options(i) })))).toBe(of().key.secret);
  /** Nonces as they come from the source, 64 bytes each before reduction. */
  const fixed = (value: (i: number) => bigint) => (i: number) => {
    let draw = 0;
    return { honestNonceHash: () => modulo(of().curve, value(i) + 10n ** 50n * BigInt(draw++ % 2)) };
  };

  it('that repeat their nonces are found', () => {
    expectFound(solveLinearly, 3, () => ({ honestRandom: () => seededRandom('the same every time') }));
  });

  it('that count in place of drawing are found', () => {
    expectFound(
      solveLinearly,
      3,
      fixed((i) => 10n ** 60n + 5n * BigInt(i)),
    );
  });

  it('whose nonces are short are found by a lattice, and honest ones are not', () => {
    const attack = findShortNonces(SHORT_BITS, SIGNATURES);
    const short = (input: Uint8Array) => suite.hashToNonce(input) & ((1n << BigInt(SHORT_BITS)) - 1n);
    expectFound(attack, SIGNATURES, () => ({ honestNonceHash: short }));
    expect(attack(record(of(), SIGNATURES, alwaysThree))).toBe(undefined);
  });

  it('whose source has few outputs are found unless the share hedges the nonce', () => {
    const attack = findGuessedNonces(guessesOf(of()));
    const weakly = { honestRandom: () => weak(400) };
    expectFound(attack, 1, () => ({ ...weakly, honestNonceHash: (input) => suite.hashToNonce(input.slice(0, 32)) }));
    expect(attack(record(of(), 1, () => ({ ...alwaysThree(), ...weakly })))).toBe(undefined);
  });
});

describe('the search in bytes', () => {
  it('finds a scalar forwards and backwards at any offset', () => {
    const secret = 123n ** 30n;
    for (const bytes of [bigintToBytes(secret, 32), bigintToBytes(secret, 32).reverse()]) {
      expect(findInBytes([concatBytes(sha256Of('x').slice(3), bytes, sha256Of('y'))], [secret, 5n], 32)).toEqual([
        secret,
      ]);
    }
  });
});
