import { invert, modulo, type Point } from '../../src/curves/index.ts';
import type { EcdsaView } from './ecdsa-view.ts';
import { solveHiddenNumber } from './hidden-number.ts';
import { type Equation, LinearSystem } from './linear-system.ts';

/**
 * Attacks on what t − 1 signers have. Each gives the root secret that it found, verified against the public key, or
 * undefined. All views of a call are of one root key.
 */
export type EcdsaAttack = (views: readonly EcdsaView[]) => bigint | undefined;

const NEAR = 64n;

function rootIf(views: readonly EcdsaView[], candidates: readonly bigint[]): bigint | undefined {
  const [{ curve, context }] = views as [EcdsaView];
  return candidates
    .map((candidate) => modulo(curve, candidate))
    .find((secret) => secret !== 0n && curve.equals(curve.multiplyBase(secret), context.record.rootKey));
}

/** The root secret that follows from the honest share: the others' summands are known. */
export function rootFromShare({ curve, weight, corrupt }: EcdsaView, share: bigint): bigint {
  return modulo(
    curve,
    corrupt.reduce((sum, { keyShare }) => sum + keyShare, weight * share),
  );
}

/** What the corrupt signers' instances leave of k when the honest one's is taken away. */
function knownOfNonce({ corrupt }: EcdsaView): bigint {
  return corrupt.reduce((sum, { instance }) => sum + instance, 0n);
}

/** What an attacker assumes of the honest signer's masks, to have fewer unknowns. */
export type MaskAssumption = 'independent' | 'one for all' | 'counting';

/**
 * Everything linear that the view says about the honest signer. Unknown are its share x and, for each presignature, the
 * mask φ, the instance r, and the products P = r·φ and Q = x·φ, which are taken as unknowns of their own.
 */
export function equationsOf(view: EcdsaView, index: number, assumption: MaskAssumption = 'independent'): Equation[] {
  const { curve, corrupt, context, scale, weight, shares, honest } = view;
  const { message, r, tweak, randomiser, record } = context;
  const sum = (of: (each: EcdsaView['corrupt'][number]) => bigint): bigint =>
    modulo(
      curve,
      corrupt.reduce((total, each) => total + of(each), 0n),
    );
  const masks = sum(({ mask }) => mask);
  const instances = sum(({ instance }) => instance);
  const keyShares = sum(({ keyShare }) => keyShare);
  const known = (input: 0 | 1): bigint =>
    sum(
      ({ got, held, correction, instance, keyShare }) =>
        got[input] + held[input] + (input === 0 ? instance : keyShare) * correction,
    );

  const own = assumption === 'independent' ? String(index) : '';
  const shift = assumption === 'counting' ? BigInt(index) : 0n;
  // u_h = r·φ + r·Σφ_j + φ·Σr_j − Σ(d + c + r_j·ψ)
  const scaleEquation: Equation = {
    coefficients: { [`P${index}`]: 1n, [`r${index}`]: masks, [`φ${own}`]: instances },
    constant: modulo(curve, scale + known(0) - shift * instances),
  };
  // ρ·s_h·u = (m + r·d)·φ + r·v, with v = λ·x·φ + λ·x·Σφ_j + φ·Σsk_j − Σ(d + c + sk_j·ψ)
  const perMask = modulo(curve, message + r * tweak + r * keyShares);
  const shareEquation: Equation = {
    coefficients: {
      [`φ${own}`]: perMask,
      [`Q${own}`]: modulo(curve, r * weight),
      x: modulo(curve, r * weight * (masks + shift)),
    },
    constant: modulo(
      curve,
      randomiser * (shares.get(honest) as bigint) * record.scale + r * known(1) - shift * perMask,
    ),
  };
  return [scaleEquation, shareEquation];
}

/** Linear algebra, under what may be wrong with the masks. */
export const solveLinearly: EcdsaAttack = (views) => {
  for (const assumption of ['independent', 'one for all', 'counting'] as const) {
    const [first] = views as [EcdsaView];
    const alike = views.filter(({ weight }) => weight === first.weight);
    const system = new LinearSystem(
      first.curve.order,
      alike.flatMap((view, i) => equationsOf(view, i, assumption)),
    );
    const share = system.contradicts ? undefined : system.solve('x');
    const root = share === undefined ? undefined : rootIf(views, [rootFromShare(first, share)]);
    if (root !== undefined) return root;
  }
  return undefined;
};

/** An honest half, or a mask, that became known: one signature is enough. */
export function solveWithMask(view: EcdsaView, mask: bigint): bigint | undefined {
  const { curve } = view;
  const system = new LinearSystem(curve.order, equationsOf(view, 0));
  system.add({ coefficients: { φ0: 1n }, constant: mask });
  system.add({ coefficients: { Q0: 1n, x: modulo(curve, -mask) }, constant: 0n });
  const share = system.solve('x');
  return share === undefined ? undefined : rootIf([view], [rootFromShare(view, share)]);
}

/** Nonces that are equal after re-randomisation, or one presignature in two signatures: k cancels. */
export const findEqualNonces: EcdsaAttack = (views) => {
  for (const [i, a] of views.entries()) {
    for (const b of views.slice(i + 1)) {
      const { curve } = a;
      const isSame = a.r === b.r || curve.equals(a.context.record.nonce, b.context.record.nonce);
      if (!isSame) continue;
      // s·κ·k = m + r·(x + d) for both, where κ is ρ, or 1 if the nonces themselves are equal.
      const factors = a.r === b.r ? [1n, 1n] : [a.context.randomiser, b.context.randomiser];
      for (const sign of [1n, -1n]) {
        const left = modulo(curve, a.s * (factors[0] as bigint));
        const right = modulo(curve, sign * b.s * (factors[1] as bigint));
        const [first, second] = [a, b].map(({ context, r }) => modulo(curve, context.message + r * context.tweak)) as [
          bigint,
          bigint,
        ];
        const slope = modulo(curve, left * b.r - right * a.r);
        if (slope === 0n) continue;
        const root = rootIf(views, [(right * first - left * second) * invert(curve, slope)]);
        if (root !== undefined) return root;
      }
    }
  }
  return undefined;
};

/** Honest instances whose difference is small or a tweak: k_b = k_a + δ, two equations for two unknowns. */
export const findRelatedNonces: EcdsaAttack = (views) => {
  const [{ curve }] = views as [EcdsaView];
  const differences = new Map<string, bigint>();
  const tweaks = views.map(({ context }) => context.tweak);
  for (const value of [...Array.from({ length: Number(NEAR) }, (_, i) => BigInt(i + 1)), ...tweaks]) {
    if (value === 0n) continue;
    const point = curve.multiplyBasePublic(value);
    differences.set(String(curve.encodePoint(point)), value);
    differences.set(String(curve.encodePoint(curve.negate(point))), -value);
  }
  for (const [i, a] of views.entries()) {
    for (const b of views.slice(i + 1)) {
      const delta = differenceOf(differences, a, b.instanceKey);
      if (delta === undefined) continue;
      const root = rootIf(views, rootFromDifference(a, b, delta));
      if (root !== undefined) return root;
    }
  }
  return undefined;
};

function differenceOf(
  known: ReadonlyMap<string, bigint>,
  { curve, instanceKey }: EcdsaView,
  other: Point,
): bigint | undefined {
  const difference = curve.add(other, curve.negate(instanceKey));
  return curve.isIdentity(difference) ? 0n : known.get(String(curve.encodePoint(difference)));
}

/** With k_b = k_a + δ, and both nonces linear in the root secret. */
function rootFromDifference(a: EcdsaView, b: EcdsaView, delta: bigint): bigint[] {
  const { curve } = a;
  const first = lineOf(a);
  const second = lineOf(b);
  const slope = modulo(curve, second.slope - first.slope);
  const difference = knownOfNonce(b) - knownOfNonce(a) + delta;
  return slope === 0n ? [] : [(first.offset + difference - second.offset) * invert(curve, slope)];
}

/** k = slope · x + offset for the root secret x. From the sum of the shares, whose sign was not lost as that of s. */
function lineOf({ curve, context, r, shares }: EcdsaView): { readonly slope: bigint; readonly offset: bigint } {
  const sum = [...shares.values()].reduce((total, share) => total + share, 0n);
  const unscale = invert(curve, modulo(curve, sum * context.randomiser));
  return {
    slope: modulo(curve, r * unscale),
    offset: modulo(curve, (context.message + r * context.tweak) * unscale),
  };
}

/** Honest instances below 2^bits, after a division by 2^lowBits. */
export function findBiasedNonces(bits: number, lowBits: number): EcdsaAttack {
  return (views) => {
    const [{ curve }] = views as [EcdsaView];
    const shrink = invert(curve, 1n << BigInt(lowBits));
    const samples = views.map((view) => {
      const { slope, offset } = lineOf(view);
      return {
        slope: modulo(curve, slope * shrink),
        offset: modulo(curve, (offset - knownOfNonce(view)) * shrink),
      };
    });
    return rootIf(views, solveHiddenNumber(curve.order, samples, bits));
  };
}

function rootFromNonce(view: EcdsaView, nonce: bigint): bigint {
  const { slope, offset } = lineOf(view);
  return (nonce - offset) * invert(view.curve, slope);
}

/** Honest instances from a source with few outputs. */
export function findGuessedNonces(guesses: Iterable<bigint>): EcdsaAttack {
  return (views) => {
    const [{ curve }] = views as [EcdsaView];
    const keys = new Map(views.map((view) => [String(curve.encodePoint(view.instanceKey)), view]));
    for (const guess of guesses) {
      const view = keys.get(String(curve.encodePoint(curve.multiplyBase(guess))));
      if (view === undefined) continue;
      const root = rootIf(views, [rootFromNonce(view, guess + knownOfNonce(view))]);
      if (root !== undefined) return root;
    }
    return undefined;
  };
}
