import type { PartyIndex } from '@keymesh/foundation';
import { ThresholdError } from '../errors.ts';
import type { ConvictionReason } from './types.ts';

/** What an honest sender never sends; `receive` adds who and when. */
export function malformedMessage(reason: string): ThresholdError {
  return new ThresholdError(`The message is malformed: ${reason}.`, { code: 'dkg/malformed-message', fault: 'peer' });
}

export function invalidParameters(reason: string): ThresholdError {
  return new ThresholdError(`The key generation cannot start: ${reason}.`, {
    code: 'dkg/invalid-parameters',
    fault: 'caller',
    hint: 'All participants must pass the same execution id, participants, party count and threshold.',
  });
}

export function refusedMessage(
  code: 'dkg/malformed-message' | 'dkg/message-too-large' | 'dkg/equivocation' | 'dkg/unexpected-message',
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

export function tooFewDealers(
  convictions: ReadonlyMap<PartyIndex, ConvictionReason>,
  qualified: number,
  threshold: number,
): ThresholdError {
  const convicted = [...convictions].sort(([a], [b]) => a - b);
  return new ThresholdError('Too few dealers are left to make keys that nobody knows.', {
    code: 'dkg/too-few-dealers',
    fault: 'peer',
    hint: 'Run again without the convicted parties.',
    culprits: convicted.map(([party]) => party),
    details: { qualified, threshold, reasons: convicted.map(([party, reason]) => `party ${party}: ${reason}`) },
  });
}

export function selfConvicted(reason: ConvictionReason): ThresholdError {
  return new ThresholdError('This party finds fault with its own messages.', {
    code: 'dkg/self-convicted',
    fault: 'bug',
    hint: 'A defect of this machine or of Keymesh; please report it. Restart the node and run again.',
    details: { reason },
  });
}

export function abandoned(): ThresholdError {
  return new ThresholdError('The key generation was given up.', {
    code: 'dkg/abandoned',
    fault: 'caller',
    hint: 'Start a new one with another execution id.',
  });
}
