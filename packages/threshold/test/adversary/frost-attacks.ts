import { type PartyIndex, toHex } from '@keymesh/foundation';
import { type Curve, invert, modulo } from '../../src/curves/index.ts';
import { lagrangeCoefficient } from '../../src/sharing/index.ts';
import { type FrostView, type HonestSigner, nonceName } from './frost-view.ts';
import { solveTwoNonces } from './hidden-number.ts';
import { type Equation, LinearSystem } from './linear-system.ts';

/** What the corrupt parties know of the root key besides the signatures. */
export interface FrostKnowledge {
  readonly views: readonly FrostView[];
  /** Shares of the t − 1 corrupt parties. */
  readonly shares: ReadonlyMap<PartyIndex, bigint>;
}

/** Gives the root secret, verified against the public key, or undefined. */
export type FrostAttack = (knowledge: FrostKnowledge) => bigint | undefined;

/** Differences of nonces that are looked for. */
const NEAR = 16;

/** The root secret from one honest share and those of the corrupt: t points of the polynomial. */
function rootIf({ views, shares }: FrostKnowledge, party: PartyIndex, share: bigint): bigint | undefined {
  const [{ curve, context }] = views as [FrostView];
  const parties = [...shares.keys(), party].sort((a, b) => a - b);
  const secret = modulo(
    curve,
    parties.reduce((sum, each) => sum + lagrangeCoefficient(curve, parties, each) * (shares.get(each) ?? share), 0n),
  );
  const shifted = modulo(curve, secret + context.key.tweak);
  if (shifted === 0n) return undefined;
  return curve.equals(curve.multiplyBasePublic(shifted), context.key.publicKey) ? secret : undefined;
}

/** An unknown nonce as another one plus a known difference. */
interface NonceAlias {
  readonly name: string;
  readonly shift: bigint;
}

/** Recognises nonces that are equal or close to an earlier one by their commitments. */
function aliasNonces(curve: Curve, views: readonly FrostView[]): (encoded: Uint8Array) => NonceAlias {
  const known = new Map<string, NonceAlias>();
  for (const { hiding, binding } of views.flatMap(({ honest }) => honest)) {
    for (const encoded of [hiding, binding]) {
      const name = nonceName(encoded);
      if (known.has(name)) continue;
      known.set(name, { name, shift: 0n });
      for (const step of [1n, -1n]) {
        const unit = step === 1n ? curve.generator : curve.negate(curve.generator);
        let point = curve.decodePoint(encoded);
        for (let i = 1; i <= NEAR; i++) {
          point = curve.add(point, unit);
          if (curve.isIdentity(point)) break;
          const near = toHex(curve.encodePoint(point));
          if (!known.has(near)) known.set(near, { name, shift: step * BigInt(i) });
        }
      }
    }
  }
  return (encoded) => known.get(nonceName(encoded))!;
}

/** Everything linear that the views say: the nonces and the honest shares are unknown. */
export function equationsOf({ views, shares }: FrostKnowledge): Equation[] {
  const [{ curve }] = views as [FrostView];
  const alias = aliasNonces(curve, views);
  const parties = new Set<PartyIndex>();
  const equations = views.flatMap(({ honest, context }) =>
    honest.map(({ party, response, bindingFactor, slope, hiding, binding }): Equation => {
      parties.add(party);
      const [first, second] = [alias(hiding), alias(binding)];
      const coefficients: Record<string, bigint> = { [`x${party}`]: slope };
      coefficients[first.name] = (coefficients[first.name] ?? 0n) + 1n;
      coefficients[second.name] = (coefficients[second.name] ?? 0n) + bindingFactor;
      const shift = first.shift + bindingFactor * second.shift;
      return { coefficients, constant: modulo(curve, response - slope * context.key.tweak - shift) };
    }),
  );
  // All shares are on one polynomial, of which t − 1 points are known: any honest share gives any other.
  const [first, ...others] = [...parties];
  const known = [...shares.keys(), first!].sort((a, b) => a - b);
  for (const other of others) {
    const weight = (party: PartyIndex): bigint => lagrangeCoefficient(curve, known, party, other);
    const constant = [...shares].reduce((sum, [party, share]) => sum + weight(party) * share, 0n);
    equations.push({ coefficients: { [`x${other}`]: 1n, [`x${first}`]: modulo(curve, -weight(first!)) }, constant });
  }
  return equations;
}

/** Linear algebra with nonces that are equal or close. */
export const solveLinearly: FrostAttack = (knowledge) => {
  const [{ curve }] = knowledge.views as [FrostView];
  const system = new LinearSystem(curve.order, equationsOf(knowledge));
  for (const party of new Set(knowledge.views.flatMap(({ honest }) => honest.map((each) => each.party)))) {
    const share = system.solve(`x${party}`);
    const root = share === undefined ? undefined : rootIf(knowledge, party, share);
    if (root !== undefined) return root;
  }
  return undefined;
};

/** Nonces of at most `bits` bits, for the honest party that signed most often. */
export function findShortNonces(bits: number, count: number): FrostAttack {
  return (knowledge) => {
    const [{ curve }] = knowledge.views as [FrostView];
    const byParty = Map.groupBy(
      knowledge.views.flatMap(({ honest, context }) =>
        honest.map((signer) => ({ ...signer, tweak: context.key.tweak })),
      ),
      ({ party }) => party,
    );
    const [party, signers] = [...byParty].sort(([, a], [, b]) => b.length - a.length)[0]!;
    const samples = signers.slice(0, count).map(({ response, bindingFactor, slope, tweak }) => ({
      constant: modulo(curve, response - slope * tweak),
      weight: bindingFactor,
      slope,
    }));
    for (const share of solveTwoNonces(curve.order, samples, bits)) {
      const root = rootIf(knowledge, party, share);
      if (root !== undefined) return root;
    }
    return undefined;
  };
}

/** Nonces from guesses at what the honest party drew: two for each signature. */
export function findGuessedNonces(guesses: readonly (readonly [bigint, bigint])[]): FrostAttack {
  return (knowledge) => {
    const [{ curve }] = knowledge.views as [FrostView];
    const signers = new Map<string, { signer: HonestSigner; tweak: bigint }>();
    for (const { honest, context } of knowledge.views) {
      for (const signer of honest) signers.set(nonceName(signer.hiding), { signer, tweak: context.key.tweak });
    }
    for (const [hiding, binding] of guesses) {
      const found = signers.get(toHex(curve.encodePoint(curve.multiplyBase(hiding))));
      if (found === undefined) continue;
      const { party, response, bindingFactor, slope } = found.signer;
      const share = (response - hiding - bindingFactor * binding) * invert(curve, slope) - found.tweak;
      const root = rootIf(knowledge, party, modulo(curve, share));
      if (root !== undefined) return root;
    }
    return undefined;
  };
}
