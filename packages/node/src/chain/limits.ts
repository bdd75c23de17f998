/** One call to an RPC endpoint, and the wait for a transaction to be mined. Milliseconds. */
export const CHAIN_CALL_TIMEOUT_MS = 20_000;
/** Pause between two looks for a receipt. Milliseconds. */
export const RECEIPT_POLL_INTERVAL_MS = 100;
/** Key ids that are remembered; they never change. Entries. */
export const KEY_IDS_CACHED_MAX = 100_000;
