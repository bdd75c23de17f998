import { bigintToBytes, bytesToBigint, concatBytes, type RandomSource, sha256Of } from '@keymesh/foundation';
import { describe, expect, it } from 'vitest';
import { invert, modulo } from '../../src/curves/index.ts';
import { deriveTweak } from '../../src/derivation/index.ts';
import type { SigningRequest } from '../../src/ecdsa/index.ts';
import { type Committee, committee, curves, ECDSA_CURVES, requestOf, withKey } from '../ecdsa/network.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import { findCombinations, findInBytes } from './direct-search.ts';
import {
  type EcdsaAttack,
  equationsOf,
  findBiasedNonces,
  findEqualNonces,
  findGuessedNonces,
  findRelatedNonces,
  rootFromShare,
  solveLinearly,
  solveWithMask,
} from './ecdsa-attacks.ts';
import { type EcdsaRun, type EcdsaView, recordSignature } from './ecdsa-view.ts';
import { LinearSystem } from './linear-system.ts';
import { changeDraw, scalarOfDraw } from './recorded-random.ts';

/**
 * Everything that t − 1 of t signers draw, send, receive, compute and store, over many signatures, handed to attacks
 * that would find the key if the last signer's nonce, mask, half or share leaked. That they would is shown on signers
 * that leak. Passing proves nothing; failing proves a leak.
 */

type CurveName = (typeof ECDSA_CURVES)[number];

/** Transfers are the dear part of the set-up, and serve all curves. */
const base = committee(3, 4, 'extraction');
const two = committee(2, 2, 'extraction of two');
const on = (of: Committee, name: CurveName): Committee => ({
  ...of,
  ...withKey(curves[name], of.threshold, 'extraction'),
});

/** Messages, keys and signer sets repeat; the last signer of each set is honest. */
function requestFor(of: Committee, i: number): SigningRequest {
  const name = of.curve.name as CurveName;
  const tweak = i % 3 === 0 ? 0n : deriveTweak(name, sha256Of(`key ${i % 4}`));
  const request = requestOf(`message ${i % 3}`, tweak, of.curve);
  return { ...request, id: sha256Of(`request ${i}`) };
}

function record(of: Committee, count: number, options: Partial<EcdsaRun> = {}): EcdsaView[] {
  return Array.from({ length: count }, (_, i) =>
    recordSignature(of, {
      signers: of.threshold === 3 && i % 4 === 3 ? [1, 2, 4] : of.parties.slice(0, of.threshold),
      seed: `extraction ${i}`,
      request: requestFor(of, i),
      ...options,
    }),
  );
}

/** Views under one key whose signers are the same, each with another honest source. */
function leaky(of: Committee, count: number, honest: (i: number) => (good: RandomSource) => RandomSource): EcdsaView[] {
  const signers = of.parties.slice(0, of.threshold);
  return Array.from({ length: count }, (_, i) =>
    recordSignature(of, { signers, seed: `leaky ${i}`, request: requestFor(of, i), honestRandom: honest(i) }),
  );
}

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};

const settings = [
  { name: 'secp256k1, three of four', of: once(() => on(base, 'secp256k1')), count: 8 },
  { name: 'p256, three of four', of: once(() => on(base, 'p256')), count: 4 },
  { name: 'p384, three of four', of: once(() => on(base, 'p384')), count: 2 },
  // Five of seven: the two that do not sign make no transfers here, and are not in anybody's view.
  { name: 'secp256k1, five of seven', of: once(() => committee(5, 5, 'extraction of five')), count: 2 },
].map((setting) => ({ ...setting, views: once(() => record(setting.of(), setting.count)) }));

/** Instances that a bad source may give. */
const GUESSES = 1024;
const guessable = (i: number): RandomSource => seededRandom(`weak source ${i}`);
const guesses = (of: Committee): bigint[] =>
  Array.from({ length: GUESSES }, (_, i) => scalarOfDraw(of.curve, guessable(i)(of.curve.scalarBytes + 16)));

function scalarsOf({ corrupt, shares, s, r, scale, context }: EcdsaView): bigint[] {
  const known = corrupt.flatMap(({ held, got, party: _, ...rest }) => [...held, ...got, ...Object.values(rest)]);
  return [
    ...known,
    ...shares.values(),
    s,
    r,
    scale,
    context.record.scale,
    context.randomiser,
    context.message,
    context.tweak,
  ];
}

function coefficientsOf({ curve, context, r, weight }: EcdsaView): bigint[] {
  const {
    message,
    tweak,
    randomiser,
    record: { scale },
  } = context;
  const factors = [1n, weight, r, message, tweak, randomiser, scale].filter((factor) => factor !== 0n);
  return factors.flatMap((factor) => [factor, -factor, invert(curve, factor), -invert(curve, factor)]);
}

function secretsOf(of: Committee, view: EcdsaView): bigint[] {
  const { truth, context, corrupt, curve } = view;
  const nonce = modulo(
    curve,
    corrupt.reduce((sum, { instance }) => sum + instance, truth.instance),
  );
  const child = modulo(curve, of.key.secret + context.tweak);
  const full = modulo(curve, nonce * context.randomiser);
  return [...Object.values(truth), of.key.secret, child, nonce, full, modulo(curve, truth.share * view.weight)];
}

describe.each(settings)('ECDSA on $name', ({ of, views }) => {
  it('the harness knows what it looks for: the truth satisfies every equation', () => {
    for (const [i, view] of views().entries()) {
      const { truth, curve } = view;
      expect(rootFromShare(view, truth.share)).toBe(of().key.secret);
      expect(curve.equals(curve.multiplyBase(truth.instance), view.instanceKey)).toBe(true);
      const product = view.corrupt.reduce((sum, each) => sum + each.product, truth.product);
      const inverse = view.corrupt.reduce((sum, each) => sum + each.inverse, truth.inverse);
      expect(modulo(curve, product * invert(curve, inverse))).toBe(of().key.secret);
      const system = new LinearSystem(curve.order, equationsOf(view, i));
      for (const [name, constant] of [
        [`φ${i}`, truth.mask],
        [`r${i}`, truth.instance],
        [`P${i}`, truth.instance * truth.mask],
        [`Q${i}`, truth.share * truth.mask],
        ['x', truth.share],
      ] as const) {
        system.add({ coefficients: { [name]: 1n }, constant });
      }
      expect(system.contradicts).toBe(false);
    }
  });

  it('no secret of the honest signer stands in what the others have', () => {
    for (const view of views()) {
      const { scalarBytes } = view.curve;
      const secrets = secretsOf(of(), view);
      expect(findInBytes(view.bytes, secrets, scalarBytes)).toEqual([]);
      expect(findCombinations(view.curve.order, scalarsOf(view), coefficientsOf(view), secrets)).toEqual([]);
      // Were one there, forwards, backwards or in a sum, it would be found.
      const [leaked] = secrets as [bigint];
      const around = concatBytes(sha256Of('before'), bigintToBytes(leaked, scalarBytes).reverse(), sha256Of('after'));
      expect(findInBytes([...view.bytes, around], secrets, scalarBytes)).toEqual([leaked]);
      const masked = modulo(view.curve, leaked * view.r - view.corrupt[0]!.mask);
      const found = findCombinations(view.curve.order, [...scalarsOf(view), masked], coefficientsOf(view), secrets);
      expect(found).toContain(leaked);
    }
  });

  it('nor in what they have of other signatures', () => {
    const all = views();
    const { curve } = of();
    const global = [of().key.secret, ...new Set(all.map(({ truth }) => truth.share))];
    const scalars = all.flatMap(scalarsOf);
    expect(
      findInBytes(
        all.flatMap(({ bytes }) => bytes),
        global,
        curve.scalarBytes,
      ),
    ).toEqual([]);
    expect(findCombinations(curve.order, scalars, all.flatMap(coefficientsOf).slice(0, 16), global)).toEqual([]);
  });

  it('the secrets of two signatures have nothing to do with each other', () => {
    const seen = new Set<bigint>();
    for (const {
      truth: { share: _, ...fresh },
    } of views())
      for (const secret of Object.values(fresh)) seen.add(secret);
    expect(seen.size).toBe(4 * views().length);
  });

  it('all linear relations together determine nothing', () => {
    const all = views();
    const system = new LinearSystem(
      of().curve.order,
      all.flatMap((view, i) => equationsOf(view, i)),
    );
    // Two equations for each signature, in four new unknowns and the share.
    expect(system.rank).toBe(2 * all.length);
    for (const [i] of all.entries()) {
      for (const unknown of ['x', `φ${i}`, `r${i}`, `P${i}`, `Q${i}`]) expect(system.solve(unknown)).toBe(undefined);
    }
    expect(solveLinearly(all)).toBe(undefined);
  });

  it('nonces are neither equal nor related nor guessable', () => {
    expect(findEqualNonces(views())).toBe(undefined);
    expect(findRelatedNonces(views())).toBe(undefined);
    if (of().curve.backend !== 'noble') expect(findGuessedNonces(guesses(of()))(views())).toBe(undefined);
    for (const { context, curve } of views()) expect(curve.equals(context.nonce, context.record.nonce)).toBe(false);
  });
});

/** The signature that would be made of the same presignature if it were not re-randomised. */
function withoutRandomiser(view: EcdsaView): EcdsaView {
  const { curve, context, corrupt, truth } = view;
  const { message, tweak, record: made } = context;
  const r = modulo(curve, bytesToBigint(curve.encodePoint(made.nonce).subarray(1)));
  const inverse = corrupt.reduce((sum, each) => sum + each.inverse, truth.inverse);
  const product = corrupt.reduce((sum, each) => sum + each.product, truth.product);
  const s = modulo(curve, (message + r * tweak) * inverse + r * product);
  return { ...view, r, s, context: { ...context, r, nonce: made.nonce, randomiser: 1n } };
}

describe.each(ECDSA_CURVES.slice(0, 2))('signers that leak, on %s', (name) => {
  const of = once(() => on(two, name));
  const expectFound = (attack: EcdsaAttack, views: readonly EcdsaView[]) => expect(attack(views)).toBe(of().key.secret);

  it('a mask or a half that becomes known: one equation', () => {
    const [view] = record(of(), 1) as [EcdsaView];
    expect(solveWithMask(view, view.truth.mask)).toBe(of().key.secret);
    const fromHalf = modulo(of().curve, view.truth.inverse * view.context.record.scale);
    expect(solveWithMask(view, fromHalf)).toBe(of().key.secret);
    expect(solveWithMask(view, view.truth.mask + 1n)).toBe(undefined);
  });

  it('one mask for all presignatures: linear algebra', () => {
    const start = sha256Of('mask');
    const draw = concatBytes(start, start).slice(0, of().curve.scalarBytes + 16);
    expectFound(
      solveLinearly,
      leaky(of(), 3, () => (good) => changeDraw(good, 1, () => draw.slice())),
    );
  });

  it('a presignature used twice, re-randomised or not: k cancels', () => {
    const signers = [1, 2];
    const views = [0, 1].map((i) => recordSignature(of(), { signers, seed: 'twice', request: requestFor(of(), i) }));
    expectFound(findEqualNonces, views);
    const plain = views.map(withoutRandomiser);
    expect(plain[0]!.r).toBe(plain[1]!.r);
    expectFound(findEqualNonces, plain);
  });
});

describe('nonces and masks that count or can be guessed', () => {
  const of = once(() => on(two, 'secp256k1'));
  const expectFound = (attack: EcdsaAttack, views: readonly EcdsaView[]) => expect(attack(views)).toBe(of().key.secret);
  const scalar = (value: bigint) => bigintToBytes(value, of().curve.scalarBytes + 16);
  /** Instances or masks, by the number of their draw, that are what `value` says. */
  const drawn = (draw: number, value: (i: number) => bigint) => (i: number) => (good: RandomSource) =>
    changeDraw(good, draw, () => scalar(value(i)));

  it('masks that count: linear algebra', () => {
    expectFound(
      solveLinearly,
      leaky(
        of(),
        3,
        drawn(1, (i) => 77n + BigInt(i)),
      ),
    );
  });

  it.each([0n, 9n])('instances that differ by %i: public points show it', (step) => {
    expectFound(
      findRelatedNonces,
      leaky(
        of(),
        2,
        drawn(0, (i) => 10n ** 60n + step * BigInt(i)),
      ),
    );
  });

  it('instances from a source with few outputs: all of them tried', () => {
    const views = leaky(of(), 1, () => (good) => changeDraw(good, 0, () => guessable(777)(48)));
    expectFound(findGuessedNonces(guesses(of())), views);
  });
});

describe('biased nonces', () => {
  /** Bits of the order that are missing, and signatures: a lattice of 22 dimensions. */
  const BIAS_BITS = 16;
  const SIGNATURES = 20;
  const ATTACKS = [
    ['short', (value: bigint) => value >> BigInt(BIAS_BITS), findBiasedNonces(256 - BIAS_BITS, 0)],
    [
      'even',
      (value: bigint) => (value >> BigInt(BIAS_BITS)) << BigInt(BIAS_BITS),
      findBiasedNonces(256 - BIAS_BITS, BIAS_BITS),
    ],
  ] as const;
  const of = once(() => on(two, 'secp256k1'));
  const honest = once(() => record(of(), SIGNATURES));

  it.each(ATTACKS)('are not made: an attack on %s instances finds nothing', (_, __, attack) => {
    expect(attack(honest())).toBe(undefined);
  });

  it.each(ATTACKS)('if they were %s, a lattice would give the key', (_, bias, attack) => {
    const { curve } = of();
    const biased = leaky(
      of(),
      SIGNATURES,
      () => (good) => changeDraw(good, 0, (draw) => bigintToBytes(bias(scalarOfDraw(curve, draw)), draw.length)),
    );
    expect(attack(biased)).toBe(of().key.secret);
  });
});
