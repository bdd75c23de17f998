/** Bounds of the stock of preparations and of making them (docs/spec/signing.md). */

/** Items that one batch may have. */
export const BATCH_ITEMS_MAX = 16;
/**
 * Items of a batch that refills the stock, and at most of one that requests wait for. A batch of four presignatures keeps a worker busy for a few milliseconds
 * between two messages, so that a preparation that a request waits for is not held up.
 */
export const STOCK_BATCH_ITEMS = 4;
/** A batch that is not done after so long is given up. Milliseconds. */
export const PREPARATION_TIMEOUT_MS = 20_000;
/**
 * A batch of which no message comes for so long is given up, and those that it waits for are named. It is long against a
 * round on a busy machine, and short against `SIGNING_PREPARING_TIMEOUT_MS`: a request on an empty stock must learn who
 * is silent, or its client tries the same signers again. Milliseconds.
 */
export const PREPARATION_STALL_MS = 5_000;
/**
 * Who did not order a batch waits so much longer: its own word that it gave up must not reach the owner before the owner
 * has seen for itself who is silent. Milliseconds.
 */
export const PREPARATION_STALL_MARGIN_MS = 1_000;
/**
 * Batches under way of one owner that one peer made this node know of. Counted for the two together: what an owner begins
 * through others costs those nothing, and what a peer begins in the name of an owner ends when the owner denies it.
 */
export const BATCHES_PER_PEER_MAX = 16;
/**
 * Batches that an owner has under way, for requests and to refill. Half of what a peer admits: one that has ended for its
 * owner is open at a peer until the last confirmation has come there. While frames come in order that is before a later
 * batch can end; where some are lost and sent again, a batch may still be refused, and fails as any other.
 */
export const OWN_BATCHES_MAX = BATCHES_PER_PEER_MAX / 2;
/** Batches that are remembered as over, so that a late message of theirs does not begin them again; the oldest give way. */
export const ENDED_BATCHES_MAX = 4_096;
/** What a message of a batch has besides the bodies of its items. Bytes. */
export const BATCH_FRAME_BYTES = 16 * 1024;
/** Signer sets whose weights and points are kept, for each curve. */
export const SIGNER_SETS_MAX = 64;
/** Preparations of one owner; the oldest give way. About 1 kB each, more in large committees. */
export const PREPARATIONS_PER_OWNER_MAX = 8_192;
/** Preparations of one owner that are remembered as given up before they were made here; the oldest give way. */
export const GIVEN_UP_PER_OWNER_MAX = 1_024;
/** Requests that wait for a preparation to be made. */
export const PREPARATIONS_AWAITED_MAX = 256;
/** A signer set stays in use for a scheme for so long after a request. Milliseconds. */
export const STOCK_USE_WINDOW_MS = 10 * 60 * 1_000;
/** The demand of so long is what the stock is sized by. Milliseconds. */
export const STOCK_DEMAND_WINDOW_MS = 60_000;
/** Signer sets and schemes that are refilled; the longest unused give way. */
export const STOCK_SHELVES_MAX = 256;
/** A stock that is not nearly empty is refilled when no request came for so long. Milliseconds. */
export const REFILL_QUIET_MS = 200;
/** Pause before a failed refill is tried again; doubles up to the maximum. Milliseconds. */
export const REFILL_PAUSE_MIN_MS = 1_000;
export const REFILL_PAUSE_MAX_MS = 60_000;
