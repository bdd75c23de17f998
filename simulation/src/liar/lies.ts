import * as assignments from './assignment-lies.ts';
import * as keyGeneration from './key-generation-lies.ts';
import type { Lie } from './lie.ts';
import * as messages from './message-lies.ts';
import * as signing from './signing-lies.ts';
import * as stock from './stock-lies.ts';
import * as votes from './vote-lies.ts';

/** Every way of lying that a plan may draw. One line here and one function in the file of its layer. */
export const LIES = {
  'bad share to one': keyGeneration.badShareToOne,
  'opening is not the committed one': keyGeneration.openingMismatch,
  'wrong proof for the encryption key': keyGeneration.wrongEncryptionKeyProof,
  'wrong proof for a root key': keyGeneration.wrongKnowledgeProof,
  'malformed message': keyGeneration.malformedMessage,
  'false complaint': keyGeneration.falseComplaint,
  'false view of another': keyGeneration.falseView,
  'wrong result': keyGeneration.wrongResult,
  'silent from some round': keyGeneration.silentFromRound,
  'two stories in one round': messages.equivocation,
  'speaks to one only': messages.speaksToOneOnly,
  'speaks at the last moment': messages.speaksAtTheLastMoment,
  'replays old messages': messages.replaysOldMessages,
  'sends garbage': messages.sendsGarbage,
  'votes another result': votes.wrongResultVote,
  'votes to retry and blames all': votes.blamingVotes,
  'never votes': votes.noVotes,
  'wrong signature share': signing.wrongShare,
  'malformed signature share': signing.malformedShare,
  'share of something else': signing.wrongStatement,
  'share of nothing': signing.missingStatement,
  'does not answer the client': signing.silentSigner,
  'accuses another to the client': signing.falseAccusation,
  'opens other entropy': assignments.wrongOpening,
  'assigns two preparations': assignments.twoAssignments,
  'assigns one preparation twice': assignments.assignsTwice,
  'assigns nothing': assignments.silentLeader,
  'prepares for ever': assignments.endlessPreparing,
  'says that requests have failed': assignments.falseFailure,
  'nonce commitments that are no points': stock.invalidCommitments,
  'two stories about nonce commitments': stock.twoCommitments,
  'wrong message of a transfer': stock.wrongTransfer,
  'two stories in round 3 of presigning': stock.twoScales,
  'nonsense in the set-up of pairs': stock.wrongSetup,
  'batches with a wrong header': stock.wrongHeader,
  'says that pairs of others are burnt': stock.falsePairFailure,
  'gives every batch up': stock.givesUpBatches,
  'replays messages about signing': stock.replaysSigning,
} as const satisfies Record<string, Lie>;

export type LieName = keyof typeof LIES;

/** Lies of key generation take the place of each other; the first drawn one wins there. */
export function hooksOf(lies: readonly LieName[], contextOf: (lie: LieName) => Parameters<Lie>[0]) {
  return lies.map((lie) => ({ lie, hooks: (LIES[lie] as Lie)(contextOf(lie)) }));
}
