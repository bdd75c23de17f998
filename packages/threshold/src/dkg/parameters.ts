import { assertPartyIndex, assertSharingParameters } from '../sharing/index.ts';
import { invalidParameters } from './errors.ts';
import type { KeyGenerationParameters } from './types.ts';

/** Length of an execution id. Bytes. */
export const EXECUTION_ID_BYTES = 32;

/**
 * @throws ThresholdError `dkg/invalid-parameters`, `sharing/invalid-parameters` or `sharing/invalid-party`.
 */
export function assertKeyGenerationParameters(parameters: KeyGenerationParameters): void {
  const { executionId, self, participants, partyCount, threshold } = parameters;
  if (executionId.length !== EXECUTION_ID_BYTES) throw invalidParameters('the execution id does not have 32 bytes');
  assertSharingParameters(threshold, partyCount);
  for (const [i, participant] of participants.entries()) {
    assertPartyIndex(participant, partyCount);
    if (i > 0 && participant <= (participants[i - 1] as number)) {
      throw invalidParameters('the participants are not ascending');
    }
  }
  // With fewer dealers than the threshold, the corrupt ones could be all of them.
  if (participants.length < threshold) throw invalidParameters('there are fewer participants than the threshold');
  if (!participants.includes(self)) throw invalidParameters('this party is not a participant');
}
