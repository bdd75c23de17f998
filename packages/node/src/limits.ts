/** Limits of the node. Each has its unit in its name; `docs/limits.md` lists them with their reasons. */

/** A message between two members, before framing. Key generation for 100 parties needs less than a tenth. */
export const MESH_MESSAGE_BYTES_MAX = 1024 * 1024;
/** A frame on a mesh connection without its length: a message and the courier's header. */
export const MESH_FRAME_BYTES_MAX = MESH_MESSAGE_BYTES_MAX + 1024;
/** What waits for one peer's socket; frames beyond it are dropped, and the courier sends them again. */
export const MESH_QUEUE_BYTES_MAX = 16 * 1024 * 1024;
/** From the TCP connection to the first frame of a verified peer. */
export const MESH_HANDSHAKE_TIMEOUT_MS = 5_000;
/** Connections that have not proven who they are; more are closed at once. */
export const MESH_HANDSHAKES_MAX = 128;
/** A connection on which nothing was sent for so long carries a heartbeat. */
export const MESH_HEARTBEAT_INTERVAL_MS = 3_000;
/** A connection on which nothing arrived for so long is dead. */
export const MESH_SILENCE_MS_MAX = 10_000;
/** Pause before the first attempt to reconnect; doubles up to the maximum, half of it random. */
export const MESH_RECONNECT_DELAY_MIN_MS = 100;
export const MESH_RECONNECT_DELAY_MAX_MS = 5_000;

/** Messages to one peer that are sent and not acknowledged; also how far ahead a receiver remembers. */
export const COURIER_WINDOW_MESSAGES = 256;
/** Bytes of the same. Well below `MESH_QUEUE_BYTES_MAX`, so that a courier never overflows a connection. */
export const COURIER_IN_FLIGHT_BYTES_MAX = 4 * 1024 * 1024;
/** Messages and bytes that wait for one peer, in flight or not; beyond it new ones are dropped and counted. */
export const COURIER_OUTBOX_MESSAGES_MAX = 4_096;
export const COURIER_OUTBOX_BYTES_MAX = 64 * 1024 * 1024;
/** How long an acknowledgement waits for a message to ride on. */
export const COURIER_ACK_DELAY_MS = 10;
/** Pause before a message is sent again; doubles up to the maximum, half of it random. */
export const COURIER_RETRANSMIT_DELAY_MIN_MS = 400;
export const COURIER_RETRANSMIT_DELAY_MAX_MS = 5_000;

/** Body of one broadcast. */
export const BROADCAST_BODY_BYTES_MAX = 512 * 1024;
/** Rounds that an execution may ask for. */
export const BROADCAST_ROUNDS_MAX = 64;
/** Executions of which one peer's early envelopes are kept before this node opens them; the oldest give way. */
export const BROADCAST_EARLY_EXECUTIONS_MAX = 4;
/** Early envelopes of one peer. */
export const BROADCAST_EARLY_BYTES_MAX = 8 * 1024 * 1024;
export const BROADCAST_EARLY_ENVELOPES_MAX = 1_024;
/** Executions that are remembered as closed, so that their late envelopes are refused and not kept. */
export const BROADCAST_CLOSED_EXECUTIONS_MAX = 256;
/** How often one peer may ask for everything that is known of one execution between two of its restarts. */
export const BROADCAST_REPLAYS_MAX = 8;

/** Longest value that the store takes. */
export const STORE_VALUE_BYTES_MAX = 16 * 1024 * 1024;
/** Shortest passphrase that seals a store. */
export const PASSPHRASE_CHARACTERS_MIN = 12;
