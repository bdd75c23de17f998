import { equalBytes, type PartyIndex, Transcript } from '@keymesh/foundation';
import { ThresholdError } from '../errors.ts';
import type { KeyGenerationParameters } from './types.ts';

/** What is entered for a party whose message is not waited for, because it was convicted before. */
const NOT_HEARD = new Uint8Array(32);

/** What stands for one message everywhere after it arrived. */
export function digestMessage(
  executionId: Uint8Array,
  author: PartyIndex,
  round: number,
  body: Uint8Array,
): Uint8Array {
  return new Transcript('dkg/v1/message')
    .append('execution', executionId)
    .appendU32('author', author)
    .appendU32('round', round)
    .append('body', body)
    .digest();
}

/** One digest over a party's messages, given by their digests; in a view for each participant. */
export function digestOfAuthor(messageDigests: readonly Uint8Array[]): Uint8Array {
  if (messageDigests.length === 0) return NOT_HEARD;
  const transcript = new Transcript('dkg/v1/seen');
  for (const digest of messageDigests) transcript.append('message', digest);
  return transcript.digest();
}

/**
 * Compares the views of others with one's own.
 *
 * A differing entry means that the entry's author told two stories, or that the one who reports it lies. Only the
 * signatures under the messages tell which, and those are the driver's. Without them, it is certain only when
 * somebody reports other messages of its own than it sent, or of ours than we sent.
 *
 * @param claims views of others, by party; digests in the order of the participants.
 * @throws ThresholdError `dkg/view-mismatch`; `details.claimants` reported other messages of `details.disputed` than we saw.
 */
export function assertSameView(
  { participants, self }: Pick<KeyGenerationParameters, 'participants' | 'self'>,
  own: readonly Uint8Array[],
  claims: ReadonlyMap<PartyIndex, readonly Uint8Array[]>,
): void {
  const claimants: PartyIndex[] = [];
  const culprits: PartyIndex[] = [];
  const disputed = new Set<PartyIndex>();
  for (const [claimant, claim] of claims) {
    const differing = participants.filter((_, i) => !equalBytes(claim[i] as Uint8Array, own[i] as Uint8Array));
    if (differing.length === 0) continue;
    claimants.push(claimant);
    if (differing.includes(claimant) || differing.includes(self)) culprits.push(claimant);
    for (const author of differing) disputed.add(author);
  }
  if (claimants.length === 0) return;
  throw new ThresholdError('Participants of the key generation received different messages.', {
    code: 'dkg/view-mismatch',
    fault: 'peer',
    hint:
      culprits.length > 0
        ? 'Run again without the culprits.'
        : 'Two signed messages of a disputed party for one round convict it; if there are none, the claimants lied.',
    culprits,
    details: { claimants, disputed: [...disputed].sort((a, b) => a - b) },
  });
}
