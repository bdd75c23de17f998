import type { KeymeshError, PartyIndex } from '@keymesh/foundation';

/** Which attempt of which epoch an event belongs to. */
interface OfAttempt {
  readonly epoch: number;
  readonly attempt: number;
}

/** A transaction or a durable write of the epoch logic. */
export type EpochEffect =
  | 'record-joined'
  | 'save-shares'
  | 'activate-shares'
  | 'vote-result'
  | 'vote-retry'
  | 'advance-epoch';

/** Why a member asks for another attempt. */
export type RetryReason =
  /** It had joined the attempt before it restarted. */
  | 'restarted'
  /** It has shares of an earlier boot, and no member's vote says that the run ended well. */
  | 'nobody-finished'
  /** A participant restarted and forgot. */
  | 'peer-restarted'
  /** A round stalled. */
  | 'stalled'
  /** The run failed; the culprits, if any, are proven. */
  | 'failed'
  /** Its own result vote found too few equal ones in time. */
  | 'result-not-ready'
  /** It cannot take part itself and follows the votes of others. */
  | 'followed';

/** What happens in a node's epoch logic, for its log and its metrics. Nothing here is secret. */
export type EpochEvent =
  | (OfAttempt & { readonly kind: 'attempt-joined'; readonly participants: readonly PartyIndex[] })
  | (OfAttempt & {
      readonly kind: 'attempt-watched';
      readonly why: 'excluded' | 'restarted' | 'has-shares' | 'decided';
    })
  | (OfAttempt & { readonly kind: 'attempt-closed' })
  | (OfAttempt & { readonly kind: 'round'; readonly round: number; readonly missing: readonly PartyIndex[] })
  | (OfAttempt & { readonly kind: 'stalled'; readonly round: number; readonly missing: readonly PartyIndex[] })
  | (OfAttempt & {
      readonly kind: 'message-refused';
      readonly author: PartyIndex;
      readonly round: number;
      readonly error: KeymeshError;
    })
  | (OfAttempt & { readonly kind: 'equivocation'; readonly author: PartyIndex; readonly round: number })
  | (OfAttempt & {
      readonly kind: 'run-done';
      readonly resultHash: Uint8Array;
      readonly qualified: readonly PartyIndex[];
      readonly convicted: readonly PartyIndex[];
    })
  | (OfAttempt & { readonly kind: 'run-failed'; readonly blamed: readonly PartyIndex[]; readonly error: KeymeshError })
  | (OfAttempt & { readonly kind: 'shares-saved' })
  | (OfAttempt & {
      readonly kind: 'retry-wanted';
      readonly reason: RetryReason;
      readonly blamed: readonly PartyIndex[];
    })
  | (OfAttempt & { readonly kind: 'effect-done'; readonly effect: EpochEffect })
  | (OfAttempt & {
      readonly kind: 'effect-failed';
      readonly effect: EpochEffect;
      readonly error: KeymeshError;
      /** Milliseconds until it is tried again; undefined when it is given up. */
      readonly retryInMs: number | undefined;
    })
  | (OfAttempt & { readonly kind: 'epoch-active'; readonly party: PartyIndex })
  /** The epoch is in service and this member holds no share of its keys. */
  | (OfAttempt & { readonly kind: 'shares-missing'; readonly contradicted: boolean })
  | { readonly kind: 'snapshot-stale'; readonly block: bigint };
