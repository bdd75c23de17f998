/** One request to one node, with the conditions that it may read from slow chains. Milliseconds. */
export const NODE_REQUEST_TIMEOUT_MS = 15_000;
/** The handshake with one node. Milliseconds. */
export const HANDSHAKE_TIMEOUT_MS = 5_000;
/** One call to the chain. Milliseconds. */
export const CHAIN_CALL_TIMEOUT_MS = 20_000;
/** Pause between two looks for a receipt. Milliseconds. */
export const RECEIPT_POLL_INTERVAL_MS = 100;
/** A node that has not answered for so long gets company: a spare is asked too. Milliseconds. */
export const HEDGE_DELAY_MS = 1_500;
/** How long a session lasts unless the caller says otherwise. Milliseconds. */
export const SESSION_LIFETIME_DEFAULT_MS = 15 * 60 * 1_000;
/** A session signature for one node is issued so far in the past, for nodes whose clocks are behind. Milliseconds. */
export const SESSION_BACKDATE_MS = 5_000;
/** Commitments that are kept for one node and scheme. */
export const COMMITMENTS_KEPT_MAX = 16;
/** A commitment that expires within so long is not used any more. Milliseconds. */
export const COMMITMENT_MARGIN_MS = 30_000;
/** An answer of a node is read up to this length. Bytes. */
export const ANSWER_BYTES_MAX = 1024 * 1024;
/** A node that gave a nonce commitment answers the signing request within so long, or others sign. Milliseconds. */
export const SIGN_SHARE_TIMEOUT_MS = 6_000;
/** Commitments that a node is asked for when none are kept. */
export const COMMITMENTS_ASKED_COUNT = 2;
