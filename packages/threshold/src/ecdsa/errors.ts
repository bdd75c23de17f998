import type { PartyIndex } from '@keymesh/foundation';
import { ThresholdError } from '../errors.ts';

export function invalidParameters(reason: string): ThresholdError {
  return new ThresholdError(`The run cannot start: ${reason}.`, {
    code: 'ecdsa/invalid-parameters',
    fault: 'caller',
    hint: 'All parties must pass the same epoch, execution, parties and root key.',
  });
}

export function refusedMessage(
  code: 'ecdsa/unexpected-message' | 'ecdsa/malformed-message' | 'ecdsa/equivocation',
  what: string,
  message: { readonly from: PartyIndex; readonly round: number; readonly cause?: unknown; readonly blame?: boolean },
): ThresholdError {
  const { from, round, cause, blame = true } = message;
  return new ThresholdError(`Party ${from} sent ${what}.`, {
    code,
    fault: 'peer',
    ...(blame ? { culprits: [from] } : {}),
    details: { from, round },
    cause,
  });
}

/** What a party did wrong towards one other: that one knows it, and others cannot tell who of the two lies. */
export type PairCheck = 'extension' | 'multiplication' | 'opening' | 'instance-key' | 'key-share' | 'setup';

export function pairCheckFailed(check: PairCheck, self: PartyIndex, peer: PartyIndex): ThresholdError {
  return new ThresholdError(`Party ${peer} failed a check of the protocol.`, {
    code: 'ecdsa/pair-check-failed',
    fault: 'peer',
    hint: 'To others, one of the pair is at fault. The two must not presign together again in this epoch.',
    culprits: [peer],
    details: { check, pair: [self, peer].sort((a, b) => a - b) },
  });
}

export function abandoned(): ThresholdError {
  return new ThresholdError('The run was given up.', {
    code: 'ecdsa/abandoned',
    fault: 'caller',
    hint: 'Start a new one with another execution id.',
  });
}

export function malformedState(what: string): ThresholdError {
  return new ThresholdError(`The bytes are not ${what}.`, {
    code: 'ecdsa/malformed-state',
    fault: 'caller',
    hint: 'They were damaged, or written by another version.',
  });
}

export function viewMismatch(from: PartyIndex): ThresholdError {
  return new ThresholdError('The signers were told different commitments.', {
    code: 'ecdsa/view-mismatch',
    fault: 'peer',
    hint: 'Run again. The signed messages of round 1 show who told two stories, or that the claimant lied.',
    details: { claimant: from },
  });
}

export function inconsistentPresignature(suspects: readonly PartyIndex[]): ThresholdError {
  return new ThresholdError('The published values of the presignature do not add up.', {
    code: 'ecdsa/inconsistent-presignature',
    fault: 'peer',
    hint: 'One of the suspects lied to all or to one of the others. Use signer sets that differ in more of them.',
    details: { suspects },
  });
}
