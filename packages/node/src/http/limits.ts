/** Requests that a node works on at once; more are refused with `node/overloaded` and cost almost nothing. */
export const REQUESTS_IN_FLIGHT_MAX = 256;
/** The time a client has to send one whole request. Milliseconds. */
export const REQUEST_RECEIVE_TIMEOUT_MS = 15_000;
/** An idle connection is kept for so long. Milliseconds. */
export const KEEP_ALIVE_TIMEOUT_MS = 30_000;
/** How long a browser remembers that it may call. Seconds. */
export const CORS_MAX_AGE_SECONDS = 86_400;
/** The longest body of any route that is not sealed and has no limit of its own. Bytes. */
export const DEFAULT_BODY_BYTES_MAX = 1_024;
