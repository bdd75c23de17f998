import { bytesToBigint, type PartyIndex, type RandomSource, sha256Of } from '@keymesh/foundation';
import { type Curve, invert, modulo, type Point } from '../../src/curves/index.ts';
import {
  aggregate,
  createPresigning,
  createSigningContext,
  digestRequest,
  encodeRecord,
  type PairTransfers,
  type Presignature,
  type SigningContext,
  type SigningRequest,
  signShare,
} from '../../src/ecdsa/index.ts';
import { decodeMultiply, decodePublish } from '../../src/ecdsa/presigning/messages.ts';
import { type Committee, type Delivery, EPOCH, primitives, run, signerSetOf } from '../ecdsa/network.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import { recordKernel } from './recorded-kernel.ts';
import { recordRandom, scalarOfDraw } from './recorded-random.ts';

/** What one corrupt signer knows of one presignature, message by message. */
export interface CorruptSigner {
  readonly party: PartyIndex;
  readonly instance: bigint;
  readonly mask: bigint;
  /** λ·x, what it multiplies. */
  readonly keyShare: bigint;
  /** χ, c and d of its multiplications with the honest signer; c and d of instance and key share. */
  readonly factor: bigint;
  readonly held: readonly [bigint, bigint];
  readonly got: readonly [bigint, bigint];
  /** ψ that the honest signer sent it. */
  readonly correction: bigint;
  /** Shares of 1/k and x/k. */
  readonly inverse: bigint;
  readonly product: bigint;
}

/** Everything that t − 1 corrupt signers have of one signature whose last signer is honest, and what is public. */
export interface EcdsaView {
  readonly curve: Curve;
  readonly honest: PartyIndex;
  /** λ of the honest signer: what its share is multiplied by. */
  readonly weight: bigint;
  readonly corrupt: readonly CorruptSigner[];
  readonly context: SigningContext;
  readonly r: bigint;
  readonly s: bigint;
  readonly shares: ReadonlyMap<PartyIndex, bigint>;
  /** R_h, which the honest signer opened. */
  readonly instanceKey: Point;
  /** u_h. */
  readonly scale: bigint;
  /** All that was sent, drawn by the corrupt, stored by them, or published. */
  readonly bytes: readonly Uint8Array[];
  /** What the view must not give: nothing of it is in the view. */
  readonly truth: EcdsaTruth;
}

export interface EcdsaTruth {
  readonly instance: bigint;
  readonly mask: bigint;
  readonly inverse: bigint;
  readonly product: bigint;
  readonly share: bigint;
}

export interface EcdsaRun {
  readonly signers: readonly PartyIndex[];
  readonly seed: string;
  readonly request: SigningRequest;
  /** The honest signer's source, if it is not a good one. */
  readonly honestRandom?: (good: RandomSource) => RandomSource;
}

/** What a recorded presigning leaves: with the same `seed` it is the same one again, which only a test can have. */
export interface RecordedPresigning {
  readonly presignatures: ReadonlyMap<PartyIndex, Presignature>;
  readonly deliveries: readonly Delivery[];
  readonly randoms: ReadonlyMap<PartyIndex, ReturnType<typeof recordRandom>>;
  readonly kernels: ReadonlyMap<PartyIndex, ReturnType<typeof recordKernel>>;
}

export function recordPresigning(of: Committee, { signers, seed, honestRandom }: EcdsaRun): RecordedPresigning {
  const signerSet = signerSetOf(of, signers);
  const honest = signers[signers.length - 1] as PartyIndex;
  const randoms = new Map(
    signers.map((party) => {
      const good = seededRandom(`${seed}, party ${party}`);
      return [party, recordRandom(party === honest && honestRandom ? honestRandom(good) : good)] as const;
    }),
  );
  const kernels = new Map(signers.map((party) => [party, recordKernel()] as const));
  const runs = new Map(
    signers.map((self) => [
      self,
      createPresigning({
        signerSet,
        primitives,
        kernel: (kernels.get(self) as ReturnType<typeof recordKernel>).kernel,
        epochId: EPOCH,
        executionId: sha256Of(`execution ${seed}`),
        self,
        share: of.key.share(self),
        transfers: of.transfers.get(self) as ReadonlyMap<PartyIndex, PairTransfers>,
        random: (randoms.get(self) as ReturnType<typeof recordRandom>).random,
      }),
    ]),
  );
  const { outputs, failures, deliveries } = run(runs);
  for (const failure of failures.values()) throw failure;
  return { presignatures: outputs, deliveries, randoms, kernels };
}

/** One signature, recorded. The last of the signers is honest, the others are corrupt. */
export function recordSignature(of: Committee, options: EcdsaRun): EcdsaView {
  const { signers, request } = options;
  const { curve } = of;
  const recorded = recordPresigning(of, options);
  const { presignatures, deliveries, randoms } = recorded;
  const honest = signers[signers.length - 1] as PartyIndex;
  const { record } = presignatures.get(honest) as Presignature;
  const digest = digestRequest(record, request);
  const openings = signers.map((party) => ({
    party,
    entropy: (presignatures.get(party) as Presignature).bind(digest),
  }));
  const context = createSigningContext(record, request, openings);

  const corrupt: CorruptSigner[] = [];
  const encodedShares = signers.map((party) => {
    const presignature = presignatures.get(party) as Presignature;
    if (party === honest) return { party, share: signShare(context, presignature) };
    const halves = presignature.spend(digest, (secrets) => secrets);
    corrupt.push(corruptSigner(of, options, recorded, party, halves));
    const { message, r, tweak, randomiser } = context;
    const summand = (message + r * tweak) * halves.inverse + r * halves.product;
    return { party, share: curve.encodeScalar(modulo(curve, invert(curve, randomiser) * summand)) };
  });
  const signature = aggregate(context, encodedShares, { verifyShares: 'always' });
  const shares = new Map(encodedShares.map(({ party, share }) => [party, curve.decodeScalar(share)] as const));
  const opened = decodeMultiply(curve, bodyFrom(deliveries, honest, 2));
  const { scale } = decodePublish(curve, bodyFrom(deliveries, honest, 3));
  const draws = signers.filter((party) => party !== honest).flatMap((party) => randoms.get(party)?.draws ?? []);
  return {
    curve,
    honest,
    weight: signerSetOf(of, signers).weightOf(honest),
    corrupt,
    context,
    r: bytesToBigint(signature.r),
    s: bytesToBigint(signature.s),
    shares,
    instanceKey: opened.instanceKey,
    scale,
    bytes: [
      ...deliveries.map(({ body }) => body),
      ...draws,
      ...corrupt.flatMap(({ party }) => [of.key.share(party).expose((bytes) => bytes.slice()), ...stored(of, party)]),
      ...openings.map(({ entropy }) => entropy),
      ...encodedShares.map(({ share }) => share),
      encodeRecord(record),
      signature.compact,
      context.encodedPublicKey,
      request.digest,
    ],
    truth: truthOf(of, context, recorded, honest, shares.get(honest) as bigint),
  };
}

function bodyFrom(deliveries: readonly Delivery[], from: PartyIndex, round: number): Uint8Array {
  return deliveries.find((each) => each.from === from && each.round === round)?.body as Uint8Array;
}

function stored(of: Committee, party: PartyIndex): Uint8Array[] {
  return [...(of.transfers.get(party)?.values() ?? [])].map((pair) => pair.encode().expose((bytes) => bytes.slice()));
}

function corruptSigner(
  of: Committee,
  { signers }: EcdsaRun,
  { randoms, kernels, deliveries }: RecordedPresigning,
  party: PartyIndex,
  halves: { readonly inverse: bigint; readonly product: bigint },
): CorruptSigner {
  const { curve } = of;
  const honest = signers[signers.length - 1] as PartyIndex;
  // The honest one is the last of everybody's peers.
  const last = signers.length - 2;
  const { inputs, factors, held, got } = kernels.get(party) as ReturnType<typeof recordKernel>;
  const draws = randoms.get(party)?.draws ?? [];
  const body = deliveries.find((each) => each.from === honest && each.to === party && each.round === 2)?.body;
  const pair = (sums: readonly bigint[] | undefined, sign: bigint): [bigint, bigint] => [
    modulo(curve, sign * (sums?.[0] as bigint)),
    modulo(curve, sign * (sums?.[1] as bigint)),
  ];
  return {
    party,
    instance: inputs[last]?.[0] as bigint,
    mask: scalarOfDraw(curve, draws[1]),
    keyShare: inputs[last]?.[1] as bigint,
    factor: factors[last] as bigint,
    held: pair(held[last], -1n),
    got: pair(got[last], 1n),
    correction: decodeMultiply(curve, body as Uint8Array).correction,
    ...halves,
  };
}

/** From the honest signer's randomness and the equation of its share. */
function truthOf(
  { curve, key }: Committee,
  { record, message, r, tweak, randomiser }: SigningContext,
  { randoms }: RecordedPresigning,
  honest: PartyIndex,
  share: bigint,
): EcdsaTruth {
  const draws = randoms.get(honest)?.draws ?? [];
  const mask = scalarOfDraw(curve, draws[1]);
  const inverse = modulo(curve, mask * invert(curve, record.scale));
  const product = modulo(curve, (share * randomiser - (message + r * tweak) * inverse) * invert(curve, r));
  return {
    instance: scalarOfDraw(curve, draws[0]),
    mask,
    inverse,
    product,
    share: key.share(honest).expose((bytes) => curve.decodeScalar(bytes)),
  };
}
