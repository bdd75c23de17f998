/** A local network has at least so many nodes: below 3 the threshold ceil(2n/3) tolerates nobody. */
export const LOCAL_NODES_MIN = 3;
/** And at most so many, because each is a process on this machine. */
export const LOCAL_NODES_MAX = 16;
/** Waiting for the chain to answer. Milliseconds. */
export const CHAIN_START_TIMEOUT_MS = 15_000;
/** Waiting for the keys after the nodes were started; several attempts of key generation fit. Milliseconds. */
export const KEYS_TIMEOUT_MS = 180_000;
/** Waiting for a process to end after SIGTERM, before SIGKILL. Milliseconds. */
export const PROCESS_STOP_TIMEOUT_MS = 8_000;
/** Pause between two looks at something that is starting or stopping. Milliseconds. */
export const POLL_INTERVAL_MS = 50;
/** A single answer of a node or of the chain to `status`. Milliseconds. */
export const STATUS_TIMEOUT_MS = 2_000;
