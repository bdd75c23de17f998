/**
 * Every limit of the wire, with its unit. `docs/limits.md` says why each has its value; a test compares the two.
 */

/** Members of one committee, as the contracts limit it. Parties. */
export const COMMITTEE_SIZE_MAX = 100;

/** Fewest members of one committee. Parties. */
export const COMMITTEE_SIZE_MIN = 3;

/** The encoded public record of an ECDSA presignature: 100 signers of 132 bytes each, on the longest curve. Bytes. */
export const PRESIGNATURE_RECORD_BYTES_MAX = 16 * 1024;

/** A message to sign. Bytes. */
export const MESSAGE_BYTES_MAX = 64 * 1024;

/** How old a sealed request may be when a node opens it. Milliseconds. */
export const SEALED_REQUEST_AGE_MAX_MS = 60_000;

/** How far ahead of the node's clock a sealed request may claim to be made. Milliseconds. */
export const SEALED_REQUEST_FUTURE_MAX_MS = 60_000;

/** Public keys of the other side that OpenSSL's form is kept of. Keys. */
export const PUBLIC_KEYS_REMEMBERED_MAX = 512;

/** How far ahead of the node's clock a session or delegation may be issued. Milliseconds. */
export const SESSION_FUTURE_MAX_MS = 60_000;

/** The JSON text that a session key signs, delegations included. UTF-16 units. */
export const SESSION_MESSAGE_CHARS_MAX = 32 * 1024;

/** A SIWE text. UTF-16 units. */
export const DELEGATION_MESSAGE_CHARS_MAX = 12 * 1024;

/** Delegations in one session. */
export const SESSION_CAPABILITIES_MAX = 8;

/** Resources that one session or one ReCap names. */
export const SESSION_RESOURCES_MAX = 64;

/** A resource key: the part behind `prefix://`. UTF-16 units. */
export const RESOURCE_KEY_CHARS_MAX = 256;

/** Conditions in one request, nested ones included; operators are not counted. */
export const CONDITIONS_MAX = 30;

/** How deep groups of conditions may nest. Levels. */
export const CONDITIONS_DEPTH_MAX = 12;

/** Any text inside a condition. UTF-16 units. */
export const CONDITION_TEXT_CHARS_MAX = 4096;

/** Parameters, inputs or outputs of one condition. */
export const CONDITION_PARAMETERS_MAX = 32;

/** Elements of one array parameter, and pairs of one `balanceOfBatch`. */
export const CONDITION_ARRAY_ITEMS_MAX = 100;

/** How deep any JSON of a request may nest. Levels. */
export const JSON_DEPTH_MAX = 24;

/** A request id. UTF-16 units. */
export const REQUEST_ID_CHARS_MAX = 64;

/** The JSON inside a sealed request or answer. Only a program with its parameters, or what it answers, is so long. Bytes. */
export const SEALED_PLAINTEXT_BYTES_MAX = 4 * 1024 * 1024;

/** The JSON inside a sealed request that runs no program. Bytes. */
export const REQUEST_PLAINTEXT_BYTES_MAX = 384 * 1024;

/** What a sealed body has around the plaintext's hex. Bytes. */
export const SEALED_FRAME_BYTES = 2048;

/** The HTTP body of a sealed request that runs no program: the plaintext in hex, and its frame. Bytes. */
export const SEALED_BODY_BYTES_MAX = 2 * REQUEST_PLAINTEXT_BYTES_MAX + SEALED_FRAME_BYTES;

/** The HTTP body of a sealed request that runs a program, and of its answer. Bytes. */
export const EXECUTE_BODY_BYTES_MAX = 2 * SEALED_PLAINTEXT_BYTES_MAX + SEALED_FRAME_BYTES;

/** What names a signature in a program. UTF-16 units. */
export const SIGNATURE_NAME_CHARS_MAX = 256;
/** Steps of a run that a node tells its client; a run that has more tells the first ones. */
export const RUN_STEPS_MAX = 256;
/** One of them. Characters (UTF-16 units). */
export const RUN_STEP_CHARS_MAX = 160;

/** The HTTP body of a handshake request. Bytes. */
export const HANDSHAKE_BODY_BYTES_MAX = 1024;

/** The encoded public key package in a handshake's answer. Bytes. */
export const PUBLIC_KEY_PACKAGE_BYTES_MAX = 64 * 1024;
