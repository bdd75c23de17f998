/** One call to an RPC endpoint outside of a client's request: the follower's, and those around a vote. Milliseconds. */
export const CHAIN_CALL_TIMEOUT_MS = 10_000;
/** One call to an RPC endpoint that a client's request waits for; clients give a node about 6 s. Milliseconds. */
export const REQUEST_CALL_TIMEOUT_MS = 4_000;
/** The wait for a transaction to be mined. Milliseconds. */
export const RECEIPT_TIMEOUT_MS = 60_000;
/** Pause between two looks for a receipt. Milliseconds. */
export const RECEIPT_POLL_INTERVAL_MS = 100;
/** Key ids that are remembered; they never change. Entries. */
export const KEY_IDS_CACHED_MAX = 100_000;
