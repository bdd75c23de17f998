import { concatBytes, type PartyIndex, type RandomSource, toHex } from '@keymesh/foundation';
import { type Curve, modulo } from '../../src/curves/index.ts';
import {
  aggregate,
  commit,
  createGroupKey,
  createSigningContext,
  decodeCommitments,
  type FrostSuite,
  type SigningContext,
  signShare,
  verifyShare,
} from '../../src/frost/index.ts';
import { lagrangeCoefficient } from '../../src/sharing/index.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import type { DealtKey } from '../sharing/trusted-dealer.ts';
import { recordRandom } from './recorded-random.ts';

/** One honest signer's part of a signature: z' = d + ρ·e + slope·(x + tweak), all known but d, e and its share x. */
export interface HonestSigner {
  readonly party: PartyIndex;
  readonly response: bigint;
  readonly bindingFactor: bigint;
  readonly slope: bigint;
  /** Encoded commitments to d and e. */
  readonly hiding: Uint8Array;
  readonly binding: Uint8Array;
  /** Not in the view. */
  readonly truth: { readonly hiding: bigint; readonly binding: bigint };
}

/** Everything that the corrupt signers have of one signature, and what is public. */
export interface FrostView {
  readonly suite: FrostSuite;
  readonly curve: Curve;
  readonly context: SigningContext;
  readonly honest: readonly HonestSigner[];
  readonly bytes: readonly Uint8Array[];
  readonly scalars: readonly bigint[];
}

export interface FrostRun {
  readonly suite: FrostSuite;
  readonly curve: Curve;
  readonly key: DealtKey;
  readonly corrupt: readonly PartyIndex[];
  readonly signers: readonly PartyIndex[];
  readonly message: Uint8Array;
  readonly tweak: bigint;
  readonly seed: string;
  /** The honest signers' sources or nonce hash, if they are not good ones. */
  readonly honestRandom?: (good: RandomSource, party: PartyIndex) => RandomSource;
  readonly honestNonceHash?: (input: Uint8Array) => bigint;
}

export function recordFrost(run: FrostRun): FrostView {
  const { suite, curve, key, corrupt, signers, message, tweak, seed } = run;
  const hashToNonce = run.honestNonceHash ?? suite.hashToNonce;
  const made = signers.map((party) => {
    const isCorrupt = corrupt.includes(party);
    const good = seededRandom(`${seed}, party ${party}`);
    const { random, draws } = recordRandom(isCorrupt ? good : (run.honestRandom?.(good, party) ?? good));
    const used: FrostSuite = isCorrupt ? suite : { ...suite, hashToNonce };
    const nonces = commit({ suite: used, curve, party, share: key.share(party), random });
    const secrets = draws.map((draw) => key.share(party).expose((bytes) => used.hashToNonce(concatBytes(draw, bytes))));
    return { party, isCorrupt, nonces, draws, secrets };
  });
  const commitments = decodeCommitments(
    curve,
    made.map(({ nonces }) => nonces.commitment),
  );
  const context = createSigningContext({
    suite,
    key: createGroupKey(curve, key.commitments, tweak),
    commitments,
    message,
  });
  const shares = made.map(({ party, nonces }) => ({ party, share: signShare(context, nonces, key.share(party)) }));
  const signature = aggregate(context, shares);
  const corruptDraws = made.filter(({ isCorrupt }) => isCorrupt).flatMap(({ draws }) => draws);
  return {
    suite,
    curve,
    context,
    honest: made
      .filter(({ isCorrupt }) => !isCorrupt)
      .map(({ party, secrets }) => {
        const { share } = shares.find((each) => each.party === party)!;
        if (!verifyShare(context, party, share)) throw new Error('the honest share is wrong');
        return honestSigner(context, party, share, secrets);
      }),
    bytes: [
      ...corruptDraws,
      ...corrupt.map((party) => key.share(party).expose((bytes) => bytes.slice())),
      ...shares.map(({ share }) => share),
      commitments.encoded,
      signature,
      context.encodedGroupCommitment,
      context.key.encodedPublicKey,
      message,
    ],
    scalars: [
      ...corrupt.map((party) => key.share(party).expose((bytes) => curve.decodeScalar(bytes))),
      ...made.filter(({ isCorrupt }) => isCorrupt).flatMap(({ secrets }) => secrets),
      ...shares.map(({ share }) => curve.decodeScalar(share)),
      ...context.bindingFactors,
      context.challenge,
      tweak,
    ],
  };
}

function honestSigner(
  context: SigningContext,
  party: PartyIndex,
  share: Uint8Array,
  [hiding, binding]: readonly bigint[],
): HonestSigner {
  const { curve } = context.key;
  const position = context.positionOf(party);
  const commitment = context.commitments.received[position]!;
  const sign = context.negatesNonces ? -1n : 1n;
  const weight = lagrangeCoefficient(curve, context.commitments.signers, party) * context.challenge;
  return {
    party,
    response: modulo(curve, sign * curve.decodeScalar(share)),
    bindingFactor: context.bindingFactors[position]!,
    slope: modulo(curve, sign * (context.negatesKey ? -weight : weight)),
    hiding: commitment.hiding,
    binding: commitment.binding,
    truth: { hiding: hiding!, binding: binding! },
  };
}

/** Names an unknown nonce by its commitment: equal commitments are one unknown. */
export const nonceName = (encoded: Uint8Array): string => toHex(encoded);
