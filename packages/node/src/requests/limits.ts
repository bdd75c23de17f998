/** Keys of a session about which the chain is asked ahead for a program. */
export const TOKENS_EXPECTED_MAX = 2;
/** A permission read from the chain is used for so long at most. Milliseconds. */
export const PERMISSION_AGE_MAX_MS = 1_000;
/** Permissions that are remembered. Entries. */
export const PERMISSION_CACHE_ENTRIES_MAX = 10_000;
/**
 * Sealed requests that are remembered so that a repeat is refused. Entries, about 200 bytes each. It cannot be filled:
 * opening a request takes more than 0.5 ms, so in the 121 s of an entry's life a node opens fewer than 242 000, and
 * shed load does not count.
 */
export const REPLAY_CACHE_ENTRIES_MAX = 250_000;
/** Request ids that are remembered so that other content under the same id is refused; the oldest give way. Entries. */
export const REQUEST_ID_CACHE_ENTRIES_MAX = 50_000;
/** How long a request id stays bound to its content. Milliseconds. */
export const REQUEST_ID_LIFETIME_MS = 10 * 60 * 1_000;
/** Signatures whose verdict is remembered, of each kind: a session's own and its wallet's. Entries. */
export const VERIFIED_SIGNATURES_MAX = 20_000;
