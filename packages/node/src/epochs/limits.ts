/**
 * Every time and count that the epoch logic is bounded by. The times of key generation can be set per node; the defaults
 * are what docs/spec/network.md §6 assumes.
 */

/** A key generation round without a new message for so long is stalled. Milliseconds. */
export const KEYGEN_ROUND_TIMEOUT_MS = 20_000;

/** A member that voted a result waits so long for t equal votes before it votes to retry as well. Milliseconds. */
export const RESULT_VOTE_TIMEOUT_MS = 60_000;

/** A member without a run follows n − t + 1 retry votes of others after so long. Milliseconds. */
export const RETRY_FOLLOW_DELAY_MS = 30_000;

/** Party i calls `advanceEpoch` after (i − 1) times this, so that one member pays and the others find it done. Milliseconds. */
export const ADVANCE_STAGGER_MS = 3_000;

/** First pause before a failed transaction is sent again; doubles each time. Milliseconds. */
export const TRANSACTION_BACKOFF_FIRST_MS = 1_000;

/** Longest pause before a failed transaction is sent again. Milliseconds. */
export const TRANSACTION_BACKOFF_MAX_MS = 30_000;

/**
 * A transaction that the contract refused this often is not sent again: the chain disagrees with us and repeating
 * costs gas. Failures of the connection to the chain do not count.
 */
export const TRANSACTION_REFUSALS_MAX = 4;

/** How often in one epoch a party's restart or own retry vote excuses its silence. After that silence is blamed. */
export const EXCUSES_PER_EPOCH_MAX = 3;
