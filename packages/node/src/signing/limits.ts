/** Bounds of signing requests among the signers (docs/spec/signing.md §5). */

/**
 * How long a signer waits for the others' part of a request that it got itself. Long against a mesh round trip, short
 * against a person: a silent signer costs a request that much. Milliseconds.
 */
export const SIGNING_STEP_TIMEOUT_MS = 2_500;
/**
 * How long a leader waits for a preparation that it has to make first; the others wait `SIGNING_STEP_TIMEOUT_MS` longer,
 * so that they hear from it that it gave up. Milliseconds.
 */
export const SIGNING_PREPARING_TIMEOUT_MS = 15_000;
/**
 * A leader that makes a preparation says so again and again, so that the others notice within
 * `SIGNING_STEP_TIMEOUT_MS` if it dies over that. Milliseconds.
 */
export const SIGNING_PREPARING_REPEAT_MS = 1_000;
/**
 * How long an assigned preparation may be on its way here: the leader may have heard the last confirmation of its batch
 * before this node did. Milliseconds.
 */
export const ASSIGNED_ARRIVAL_TIMEOUT_MS = 1_000;
/**
 * How long messages of the others wait for the client's request, and an answer for its repetition; longer than a request
 * can take. Milliseconds.
 */
export const SIGNING_SESSION_LIFETIME_MS = 30_000;
/**
 * Sessions that peers began and of which this node has not the client's request yet; each peer may begin an equal part,
 * further ones are dropped. About 1 kB each.
 */
export const EARLY_SESSIONS_MAX = 16_384;
/** Requests of clients that are kept, answered ones included. About 2 kB each. */
export const SIGNING_SESSIONS_MAX = 32_768;
/**
 * A node that has joined the mesh says that it is ready when it has met all members, or after so long: one that is
 * down must not keep the others from serving. Milliseconds.
 */
export const MEETING_TIMEOUT_MS = 3_000;
