/** Requests with a body that a node has in hand at once, from their headers to their answers; more are refused. */
export const REQUESTS_IN_FLIGHT_MAX = 1_024;
/** The same for one client address, so that one that sends slowly cannot keep out the others. */
export const REQUESTS_IN_FLIGHT_PER_ADDRESS_MAX = 256;
/** What the bodies of these requests may take together, by what their headers announce. Bytes. */
export const BODIES_IN_FLIGHT_BYTES_MAX = 128 * 1024 * 1024;
/** The same for one client address. Bytes. */
export const BODIES_IN_FLIGHT_PER_ADDRESS_BYTES_MAX = 32 * 1024 * 1024;
/** Of its requests per minute, a client address may have one in so many refused by its own fault. */
export const REFUSED_SHARE_DIVISOR = 10;
/** Client addresses whose requests are counted; the one that was quiet for longest is forgotten first. Entries. */
export const ADDRESSES_REMEMBERED_MAX = 50_000;
/** The window in which requests are counted. Milliseconds. */
export const RATE_WINDOW_MS = 60_000;
/** TCP connections of clients. */
export const CONNECTIONS_MAX = 4_096;
/** TCP connections of one client address. */
export const CONNECTIONS_PER_ADDRESS_MAX = 512;
/** The time a client has to send the headers of a request, from its connection or its last answer. Milliseconds. */
export const HEADERS_RECEIVE_TIMEOUT_MS = 10_000;
/** The time a client has to send one whole request. Milliseconds. */
export const REQUEST_RECEIVE_TIMEOUT_MS = 15_000;
/** How often the two above are looked after. Milliseconds. */
export const TIMEOUT_CHECK_INTERVAL_MS = 1_000;
/** An idle connection is kept for so long. Milliseconds. */
export const KEEP_ALIVE_TIMEOUT_MS = 30_000;
/** A node that stops lets requests end for so long. Milliseconds. */
export const STOP_GRACE_MS = 5_000;
/** How often it looks whether they have. Milliseconds. */
export const STOP_CHECK_INTERVAL_MS = 20;
/** How long a browser remembers that it may call. Seconds. */
export const CORS_MAX_AGE_SECONDS = 86_400;
/** The longest body of any route that is not sealed and has no limit of its own. Bytes. */
export const DEFAULT_BODY_BYTES_MAX = 1_024;
