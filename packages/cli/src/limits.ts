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
/** How long a runtime may take until its debugger answers. Milliseconds. */
export const DEBUGGER_ANSWER_TIMEOUT_MS = 5_000;
/** Where `--inspect` waits for a debugger unless it is told a port; as Node and Deno do. */
export const INSPECT_PORT_DEFAULT = 9_229;
/** A debugged program runs as long as somebody looks at it: a day. Milliseconds. */
export const DEBUGGED_RUN_TIME_MS_MAX = 24 * 60 * 60 * 1_000;
/** What is shown of a value in a recording. Characters. */
export const SHOWN_CHARS_MAX = 160;
