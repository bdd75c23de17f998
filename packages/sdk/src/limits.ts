import { EXECUTE_BODY_BYTES_MAX } from '@keymesh/protocol/limits';

/** One request to one node that may have to read conditions from slow chains. Milliseconds. */
export const DECRYPT_TIMEOUT_MS = 15_000;
/** One request to one node for a share of a signature: signers wait 17.5 s for each other if they have to make a
 * presignature first, and then say why there is none. Milliseconds. */
export const SIGN_TIMEOUT_MS = 20_000;
/**
 * When others of its set have answered, and one has not for so long, it is late. More than the 2.5 s that signers wait for
 * each other: an honest one that its peers left waiting says so before. Milliseconds.
 */
export const SIGNER_LATE_DELAY_MS = 3_500;
/** The handshake with one node. Milliseconds. */
export const HANDSHAKE_TIMEOUT_MS = 5_000;
/** A node that has not answered for so long gets company: a spare is asked too. Milliseconds. */
export const HEDGE_DELAY_MS = 1_500;
/** Once there cannot be enough answers, those under way are awaited for so long, to say rightly why. Milliseconds. */
export const VERDICT_GRACE_MS = 750;
/** One call to the chain. Milliseconds. */
export const CHAIN_CALL_TIMEOUT_MS = 10_000;
/** A call to the chain that fails is made so many times more. */
export const CHAIN_CALL_RETRIES_COUNT = 1;
/** How long a transaction may take to be mined. Milliseconds. */
export const RECEIPT_TIMEOUT_MS = 180_000;
/** Pause between two looks for a receipt. Milliseconds. */
export const RECEIPT_POLL_INTERVAL_MS = 200;
/** Keys that are read from the chain at the same time. */
export const KEYS_READ_AT_ONCE_COUNT = 16;
/** Keys that a connection remembers, so that signing need not ask the chain again. Entries. */
export const KEYS_REMEMBERED_MAX = 1_000;
/** How long a session lasts unless the caller says otherwise. Milliseconds. */
export const SESSION_LIFETIME_DEFAULT_MS = 15 * 60 * 1_000;
/** The longest session. Milliseconds. */
export const SESSION_LIFETIME_MAX_MS = 30 * 24 * 60 * 60 * 1_000;
/** Sessions and their signatures are dated so far back, for nodes whose clocks are behind. Milliseconds. */
export const SESSION_BACKDATE_MS = 5_000;
/**
 * Signatures that one connection works at together; others wait for their turn. More at once are not done sooner: they
 * hold each other up until signers take each other for dead. Count.
 */
export const SIGNINGS_AT_ONCE_MAX = 32;
/** Signer sets that are tried for one signature before it fails. */
export const SIGNING_TRIES_MAX = 16;
/** So many of them may hold two nodes of which one has accused the other, when there is no other set. */
export const SIGNING_COMPROMISES_MAX = 2;
/** Once one signer of a set has failed, the others are awaited for so long, to learn of all failures at once. Milliseconds. */
export const SIGNING_GRACE_MS = 200;
/** A signer that was late or overloaded so often in one signature is not asked again for it. */
export const SIGNER_STRIKES_MAX = 2;
/** How far a signer set without known conflicts is searched for. Steps. */
export const SIGNER_SEARCH_STEPS_MAX = 10_000;
/** An answer of a node is read up to this length: that of a program is the longest. Bytes. */
export const ANSWER_BYTES_MAX = EXECUTE_BODY_BYTES_MAX;
/** How long a run of a program is waited for unless the caller says otherwise. Milliseconds. */
export const ACTION_TIMEOUT_MS = 60_000;
/** Once one node of a run has failed, the others are awaited for so long, to learn of all failures at once. Milliseconds. */
export const ACTION_GRACE_MS = 750;
/** A program that no node began is tried so often in all, each time with nodes that did not refuse it before. */
export const ACTION_TRIES_MAX = 4;
/** Whether a node answers at all, before a run. Milliseconds. */
export const ACTION_PROBE_TIMEOUT_MS = 2_000;
/** A text of a node that is shown to people is cut to this length. UTF-16 units. */
export const NODE_TEXT_CHARS_MAX = 1_000;
/** Details of a node's error that are kept, and items of one detail. */
export const NODE_DETAILS_MAX = 32;
