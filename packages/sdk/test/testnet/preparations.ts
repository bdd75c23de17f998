import { concatBytes, type PartyIndex, type RandomSource, Transcript, utf8 } from '@keymesh/foundation';
import { SCHEMES, type SchemeName, type SchemeNameOf } from '@keymesh/protocol/schemes';
import { type Curve, type Curves, invert, modulo, type Point, randomScalar } from '@keymesh/threshold/curves';
import { isConsistent, Presignature, type PresignatureRecord } from '@keymesh/threshold/ecdsa';
import { commit, frostSuites, type SigningNonces } from '@keymesh/threshold/frost';
import type { DealtKeys } from './dealer.ts';

/** A preparation with everybody's secrets, as only a dealer can make it. */
export type Preparation = FrostPreparation | EcdsaPreparation;

export interface FrostPreparation {
  readonly kind: 'frost';
  readonly id: Uint8Array;
  readonly nonces: ReadonlyMap<PartyIndex, SigningNonces>;
}

export interface EcdsaPreparation {
  readonly kind: 'ecdsa';
  readonly record: PresignatureRecord;
  readonly halves: ReadonlyMap<PartyIndex, Presignature>;
  readonly entropies: ReadonlyMap<PartyIndex, Uint8Array>;
}

export interface DealParameters {
  readonly scheme: SchemeName;
  readonly signers: readonly PartyIndex[];
  readonly curves: Curves;
  readonly keys: DealtKeys;
  readonly random: RandomSource;
}

/** What the signers' stock protocols would have made. */
export function dealPreparation(parameters: DealParameters): Preparation {
  return SCHEMES[parameters.scheme].kind === 'ecdsa' ? dealPresignature(parameters) : dealNonces(parameters);
}

function dealNonces({ scheme, signers, curves, keys, random }: DealParameters): FrostPreparation {
  const { root } = SCHEMES[scheme as SchemeNameOf<'frost'>];
  const suite = frostSuites[scheme as SchemeNameOf<'frost'>];
  const nonces = signers.map((party) => {
    const share = keys.share(party, root);
    return [party, commit({ suite, curve: curves[root], party, share, random })] as const;
  });
  return { kind: 'frost', id: random(32), nonces: new Map(nonces) };
}

/**
 * A presignature without its protocol: nonce k, mask φ and u = k·φ; summands φ_i of φ and v_i of x·φ
 * (docs/spec/threshold-ecdsa.md §6, with only the sums right, which is all that a record shows).
 */
function dealPresignature({ scheme, signers, curves, keys, random }: DealParameters): EcdsaPreparation {
  const { root } = SCHEMES[scheme as SchemeNameOf<'ecdsa'>];
  const curve = curves[root];
  const secret = keys.secret(root);
  const [k, mask] = [randomScalar(curve, random), randomScalar(curve, random)];
  const nonce = curve.multiplyBasePublic(k);
  const scale = modulo(curve, k * mask);
  const inverses = summands(curve, mask, signers.length, random);
  const products = summands(curve, modulo(curve, secret * mask), signers.length, random);
  const [epochId, executionId, transcript] = [random(32), random(32), random(32)];
  const entropies = new Map(signers.map((party) => [party, random(32)]));
  const times = (scalar: bigint): Point => curve.multiplyPublic(nonce, scalar);
  const record: PresignatureRecord = {
    ...{ curve, epochId, executionId, transcript, nonce, scale },
    rootKey: curve.multiplyBasePublic(secret),
    signers: signers.map((party, i) => ({
      ...{ party, inverse: times(inverses[i]!), product: times(products[i]!) },
      entropy: hashEntropy(curve, epochId, executionId, party, entropies.get(party)!),
    })),
  };
  if (!isConsistent(record)) throw new Error('the dealt presignature is none');
  const unscaled = (value: bigint): Uint8Array => curve.encodeScalar(modulo(curve, value * invert(curve, scale)));
  const halves = signers.map((party, i) => {
    const half = concatBytes(unscaled(inverses[i]!), unscaled(products[i]!), entropies.get(party)!);
    return [party, new Presignature(record, party, half)] as const;
  });
  return { kind: 'ecdsa', record, halves: new Map(halves), entropies };
}

/** `count` random numbers that add up to `sum`. */
function summands(curve: Curve, sum: bigint, count: number, random: RandomSource): bigint[] {
  const all = Array.from({ length: count - 1 }, () => randomScalar(curve, random));
  return [...all, modulo(curve, sum - all.reduce((total, one) => total + one, 0n))];
}

/** docs/spec/threshold-ecdsa.md §2, `ecdsa/v1/entropy`. */
function hashEntropy(curve: Curve, epoch: Uint8Array, execution: Uint8Array, signer: PartyIndex, entropy: Uint8Array) {
  return new Transcript('ecdsa/v1/entropy')
    .append('curve', utf8(curve.name))
    .append('epoch', epoch)
    .append('execution', execution)
    .appendU32('signer', signer)
    .append('entropy', entropy)
    .digest();
}
