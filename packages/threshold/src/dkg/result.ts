import { SecretBytes, Transcript } from '@keymesh/foundation';
import { modulo, type Point } from '../curves/index.ts';
import { ThresholdError } from '../errors.ts';
import { computeResultHash } from '../public-key-package/index.ts';
import type { PublicKeyPackage } from '../root-keys.ts';
import { verifyPolynomialShare } from '../sharing/index.ts';
import type { Commitments } from './dealing.ts';
import { rootsOf } from './roots.ts';
import type { KeyGenerationOutput, KeyGenerationParameters } from './types.ts';

/** One qualified dealer's contribution as this party holds it. */
export interface Contribution {
  readonly commitments: Commitments;
  /** This party's share of each root's polynomial. SECRET. */
  readonly shares: readonly bigint[];
}

export type Result = Pick<KeyGenerationOutput, 'publicKeyPackage' | 'shares' | 'transcriptDigest' | 'resultHash'>;

/** 32 bytes over the views of rounds 1 to 3, which all honest participants share. */
export function digestTranscript(
  { executionId, participants }: Pick<KeyGenerationParameters, 'executionId' | 'participants'>,
  dealView: readonly Uint8Array[],
  verdictView: readonly Uint8Array[],
): Uint8Array {
  const transcript = new Transcript('dkg/v1/transcript').append('execution', executionId);
  for (const [i, participant] of participants.entries()) {
    transcript
      .appendU32('participant', participant)
      .append('commit and deal', dealView[i] as Uint8Array)
      .append('verdict', verdictView[i] as Uint8Array);
  }
  return transcript.digest();
}

/**
 * Sums the qualified dealers' polynomials.
 * @throws ThresholdError `dkg/degenerate-key` if a sum is the identity; honest dealers make that impossible in practice.
 */
export function sumContributions(
  parameters: KeyGenerationParameters,
  transcriptDigest: Uint8Array,
  contributions: readonly Contribution[],
): Result {
  const { executionId, self, curves, partyCount, threshold } = parameters;
  const shares: KeyGenerationOutput['shares'][number][] = [];
  const roots: PublicKeyPackage['roots'][number][] = [];
  for (const [i, { name, curve }] of rootsOf(curves).entries()) {
    const commitments = Array.from({ length: threshold }, (_, degree) =>
      contributions
        .map((dealing) => dealing.commitments[i]?.[degree] as Point)
        .reduce((sum, point) => curve.add(sum, point)),
    );
    if (commitments.some((commitment) => curve.isIdentity(commitment))) throw degenerateKey();
    const share = modulo(
      curve,
      contributions.reduce((sum, dealing) => sum + (dealing.shares[i] as bigint), 0n),
    );
    // Every summand was checked; this catches a fault of this machine or code before the share is relied on.
    if (!verifyPolynomialShare(curve, commitments, self, share)) throw inconsistentShare();
    roots.push({ name, commitments: commitments.map((commitment) => curve.encodePoint(commitment)) });
    shares.push({ name, share: new SecretBytes(curve.encodeScalar(share)) });
  }
  const publicKeyPackage = { partyCount, threshold, roots };
  const resultHash = computeResultHash({ executionId, transcriptDigest, publicKeyPackage });
  return { publicKeyPackage, shares, transcriptDigest, resultHash };
}

function degenerateKey(): ThresholdError {
  return new ThresholdError('The dealt polynomials cancel each other.', {
    code: 'dkg/degenerate-key',
    fault: 'peer',
    hint: 'Run again. Unless every dealer is corrupt this happens with probability below 2^-250.',
  });
}

function inconsistentShare(): ThresholdError {
  return new ThresholdError('The sum of checked shares is not on the sum of their polynomials.', {
    code: 'sharing/share-mismatch',
    fault: 'bug',
  });
}
