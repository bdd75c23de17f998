/** A nonce commitment that was not used for so long is destroyed. Milliseconds. */
export const NONCE_LIFETIME_MS = 10 * 60 * 1_000;
/** Unused nonce commitments that one wallet may hold at a node. */
export const NONCES_PER_OWNER_MAX = 256;
/** Unused nonce commitments that a node keeps in all; about 1 kB each. */
export const NONCES_TOTAL_MAX = 50_000;
/** How many fresh commitments an answer to a signing request brings along. */
export const NEXT_COMMITMENTS_COUNT = 1;
/** A permission read from the chain is used for so long at most. Milliseconds. */
export const PERMISSION_AGE_MAX_MS = 1_000;
/** Permissions and keys that are remembered. Entries. */
export const PERMISSION_CACHE_ENTRIES_MAX = 10_000;
/** Sealed requests that are remembered so that a repeat is refused. Entries. */
export const REPLAY_CACHE_ENTRIES_MAX = 200_000;
/** Request ids that are remembered so that other content under the same id is refused. Entries. */
export const REQUEST_ID_CACHE_ENTRIES_MAX = 50_000;
/** How long a request id stays bound to its content. Milliseconds. */
export const REQUEST_ID_LIFETIME_MS = 10 * 60 * 1_000;
