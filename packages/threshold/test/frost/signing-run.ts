import type { PartyIndex } from '@keymesh/foundation';
import type { Curve } from '../../src/curves/index.ts';
import {
  commit,
  createGroupKey,
  createSigningContext,
  decodeCommitments,
  type FrostSuite,
  type GroupKey,
  type SignatureShare,
  type SigningContext,
  signShare,
} from '../../src/frost/index.ts';
import { seededRandom } from '../sharing/seeded-random.ts';
import { type DealtKey, dealKey } from '../sharing/trusted-dealer.ts';

export interface SigningRun {
  readonly dealt: DealtKey;
  readonly key: GroupKey;
  readonly context: SigningContext;
  readonly shares: readonly SignatureShare[];
}

/** Everything up to round 2, all parties honest. */
export function runSigning(options: {
  readonly suite: FrostSuite;
  readonly curve: Curve;
  readonly threshold: number;
  readonly signers: readonly PartyIndex[];
  readonly message: Uint8Array;
  readonly tweak?: bigint;
  readonly seed: string | number;
}): SigningRun {
  const { suite, curve, message } = options;
  const random = seededRandom(options.seed);
  const dealt = dealKey(curve, options.threshold, random);
  const key = createGroupKey(curve, dealt.commitments, options.tweak ?? 0n);
  const nonces = options.signers.map((party) => commit({ suite, curve, party, share: dealt.share(party), random }));
  const commitments = decodeCommitments(
    curve,
    nonces.map((made) => made.commitment),
  );
  const context = createSigningContext({ suite, key, commitments, message });
  const shares = nonces.map((made) => {
    const { party } = made.commitment;
    return { party, share: signShare(context, made, dealt.share(party)) };
  });
  return { dealt, key, context, shares };
}
