import { bytesToBigint, sha256Of } from '@keymesh/foundation';
import { describe, expect, it } from 'vitest';
import { deriveTweak } from '../../src/derivation/index.ts';
import { aggregate, type Presignature, type SigningContext, signShare } from '../../src/ecdsa/index.ts';
import { type Committee, committee, contextOf, curve, presign, presigningRuns, requestOf, run } from './network.ts';

/**
 * A smoke test of secrecy against t − 1: what two of three signers hold, received and published over many signatures,
 * handed to attacks that succeed at once where a nonce, a share or a key leaks. Each attack is shown to work on a
 * deliberately leaky view. Passing it proves nothing; failing it proves a leak.
 */

const COUNT = 12;
const of: Committee = committee(3, 3, 'extraction');
const SIGNERS = [1, 2, 3];
const HONEST = 3;
const mod = (value: bigint) => ((value % curve.order) + curve.order) % curve.order;
const inverse = (value: bigint) => {
  let [result, base, exponent] = [1n, mod(value), curve.order - 2n];
  for (; exponent > 0n; exponent >>= 1n, base = mod(base * base)) if (exponent & 1n) result = mod(result * base);
  return result;
};

interface Signed {
  readonly context: SigningContext;
  readonly r: bigint;
  readonly s: bigint;
  /** Shares of 1/k and x/k by signer; the harness gives an attack those of corrupt signers. */
  readonly halves: ReadonlyMap<number, readonly [bigint, bigint]>;
  readonly honestShare: bigint;
}

function halvesOf(presignatures: ReadonlyMap<number, Presignature>, twin: ReadonlyMap<number, Presignature>) {
  return new Map(
    [...presignatures.keys()].map((party) => {
      const bytes = (twin.get(party) as Presignature).moveOut().expose((each) => each.slice(-96));
      return [party, [bytesToBigint(bytes.slice(0, 32)), bytesToBigint(bytes.slice(32, 64))]] as const;
    }),
  );
}

const view: Signed[] = Array.from({ length: COUNT }, (_, i) => {
  const seed = `extraction ${i}`;
  const presignatures = presign(of, SIGNERS, { seed });
  // The same randomness makes the same presignature once more: only so can a test look inside.
  const halves = halvesOf(presignatures, presign(of, SIGNERS, { seed }));
  const tweak = i % 3 === 0 ? 0n : deriveTweak('secp256k1', sha256Of(`key ${i % 2}`));
  const context = contextOf(presignatures, requestOf(`message ${i % 4}`, tweak));
  const shares = SIGNERS.map((party) => ({
    party,
    share: signShare(context, presignatures.get(party) as Presignature),
  }));
  const { r, s } = aggregate(context, shares);
  const honestShare = curve.decodeScalar(shares.find(({ party }) => party === HONEST)?.share as Uint8Array);
  return { context, r: bytesToBigint(r), s: bytesToBigint(s), halves, honestShare };
});

const isRoot = (candidate: bigint) => mod(candidate) === of.key.secret;
/** Keys that follow from a nonce k of a signature, both signs. */
const fromNonce = ({ context, r, s }: Signed, k: bigint): bigint[] =>
  [k, -k].map((nonce) => mod((s * nonce - context.message) * inverse(r) - context.tweak));

/** Tries sums of halves: x = (x/k)/(1/k). */
function fromHalves(signed: Signed, parties: readonly number[]): bigint {
  let [a, b] = [0n, 0n];
  for (const party of parties) {
    const [oneOverK, xOverK] = signed.halves.get(party) as readonly [bigint, bigint];
    a += oneOverK;
    b += xOverK;
  }
  return mod(b * inverse(a));
}

describe('with everything of two of three signers', () => {
  it('their halves give no key, and those of all three do', () => {
    for (const signed of view) {
      for (const parties of [[1], [2], [1, 2]]) expect(isRoot(fromHalves(signed, parties))).toBe(false);
      expect(isRoot(fromHalves(signed, SIGNERS))).toBe(true);
    }
  });

  it('nonces neither repeat nor differ by what is known', () => {
    const nonces = view.map(({ context }) => context.encodedNonce.join());
    expect(new Set(nonces).size).toBe(COUNT);
    const linked = (list: readonly Signed[]) =>
      list.some((a, i) =>
        list.slice(i + 1).some(
          (b) =>
            // k_a = ± k_b · ρ_a/ρ_b would be one nonce used twice before re-randomisation.
            curve.equals(a.context.record.nonce, b.context.record.nonce) ||
            curve.equals(curve.negate(a.context.record.nonce), b.context.record.nonce),
        ),
      );
    expect(linked(view)).toBe(false);
    expect(linked([...view, view[0] as Signed])).toBe(true);
  });

  it('no stored scalar is a nonce, a mask or a share of the honest signer', () => {
    const candidates = (parties: readonly number[]) => (signed: Signed) =>
      parties.flatMap((party) => {
        const [a, b] = signed.halves.get(party) as readonly [bigint, bigint];
        return [
          a,
          b,
          inverse(a),
          inverse(b),
          mod(a * signed.context.record.scale),
          mod(b * signed.context.record.scale),
        ];
      });
    const finds = (of: readonly number[]) =>
      view.some((signed) =>
        candidates(of)(signed).some(
          (candidate) =>
            fromNonce(signed, candidate).some(isRoot) ||
            fromNonce(signed, mod(candidate * signed.context.randomiser)).some(isRoot) ||
            candidate === (signed.halves.get(HONEST)?.[0] ?? 0n),
        ),
      );
    expect(finds([1, 2])).toBe(false);
    expect(finds([HONEST])).toBe(true);
  });

  it('the honest online share hides both halves: two unknowns in one equation, every time anew', () => {
    // Were the honest half of 1/k equal in two presignatures, two equations would give its key share.
    const halves = view.map(({ halves: each }) => String(each.get(HONEST)));
    expect(new Set(halves).size).toBe(COUNT);
  });

  it('a presignature used twice gives the key: why it is spent', () => {
    // The leaky variant: the same halves, two messages.
    const seed = 'twice';
    const twins = [0, 1].map(() => presign(of, SIGNERS, { seed }));
    const signatures = twins.map((presignatures, i) => {
      const context = contextOf(presignatures, requestOf(`twice ${i}`));
      const shares = SIGNERS.map((party) => ({
        party,
        share: signShare(context, presignatures.get(party) as Presignature),
      }));
      const { r, s } = aggregate(context, shares);
      return { context, r: bytesToBigint(r), s: bytesToBigint(s) };
    });
    const [a, b] = signatures as [(typeof signatures)[0], (typeof signatures)[0]];
    // ±s·ρ = (m + r·x)/k for both, with one k.
    const found = [1n, -1n].some((sign) => {
      const left = mod(a.s * a.context.randomiser);
      const right = mod(sign * b.s * b.context.randomiser);
      return isRoot((right * a.context.message - left * b.context.message) * inverse(left * b.r - right * a.r));
    });
    expect(found).toBe(true);
  });
});

describe('what is sent', () => {
  it('differs in every byte range that carries secrets when only the execution differs', () => {
    const runs = ['x', 'y'].map(
      (name) => run(presigningRuns(of, SIGNERS, { seed: 'fixed', executionId: sha256Of(name) })).deliveries,
    );
    // Equal randomness, another execution: pads and corrections must not repeat.
    const [first, second] = runs.map((deliveries) => deliveries.find(({ round }) => round === 2)?.body.slice(196 + 32));
    let equal = 0;
    for (let i = 0; i < 39936; i++) if (first?.[i] === second?.[i]) equal++;
    expect(equal).toBeLessThan(400);
  });
});
