/** Bounds of running programs, besides those of a run itself (`ActionLimits` of `@keymesh/actions`). */

/** How long a node waits for a peer's value in a round. Milliseconds. */
export const ROUND_TIMEOUT_MS = 10_000;
/** How long a node that is about to begin a program waits for the others. Milliseconds. */
export const BEGIN_TIMEOUT_MS = 15_000;
/** A value of a round, with its frame. Bytes. */
export const ROUND_VALUE_BYTES_MAX = 72 * 1024;
/** Name of a round. Bytes. */
export const ROUND_NAME_BYTES_MAX = 1_100;
/** Values of one peer that are kept for one run. */
export const VALUES_PER_RUN_MAX = 128;
/** Runs of which one peer may speak before this node knows them; the oldest give way. */
export const EARLY_RUNS_PER_PEER_MAX = 64;
/** A program that is fetched by its CID must arrive within this time. Milliseconds. */
export const PROGRAM_FETCH_TIMEOUT_MS = 10_000;
/** What `callContract` may answer. Bytes. */
export const CONTRACT_ANSWER_BYTES_MAX = 256 * 1024;
/** Gas of `callContract` where the transaction names none. */
export const CONTRACT_CALL_GAS = 10_000_000n;
/** A client that asked for it is told at most so often what its program logs. Milliseconds. */
export const LOG_PROGRESS_INTERVAL_MS = 100;
