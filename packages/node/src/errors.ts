import { type ErrorOptions, KeymeshError } from '@keymesh/foundation';

/** Every code that the node throws. One sentence each; the full story is in `docs/errors/node.md`. */
export type NodeErrorCode =
  /** The configuration file is missing or is not JSON. */
  | 'config/unreadable'
  /** The configuration file has a wrong, missing or unknown key. */
  | 'config/invalid'
  /** The list of mesh members lacks this node, or repeats a party or an identity. */
  | 'mesh/invalid-members'
  /** The mesh could not listen on its address. */
  | 'mesh/listen-failed'
  /** A peer announced a frame longer than the limit. */
  | 'mesh/frame-too-long'
  /** Bytes from a peer are no frame. */
  | 'mesh/frame-malformed'
  /** A message is longer than the mesh carries. */
  | 'mesh/message-too-long'
  /** A message is addressed to a party that is not a peer. */
  | 'mesh/unknown-peer'
  /** A second message was to be broadcast for a round. */
  | 'broadcast/already-published'
  /** A broadcast is longer, or its round higher, than its execution allows. */
  | 'broadcast/out-of-bounds'
  /** An execution was opened twice, after it had been closed, or with participants that exclude this node. */
  | 'broadcast/invalid-execution'
  /** Something on disk was sealed under another key. */
  | 'store/wrong-key'
  /** The sealing key file is missing, or holds neither a key nor a passphrase that is long enough. */
  | 'store/sealing-key-unusable'
  /** An entry on disk does not authenticate or parse. Nothing was changed. */
  | 'store/corrupted-row'
  /** The database file is damaged, or is not a database. Nothing was changed. */
  | 'store/corrupted-file'
  /** Another process has the data directory open. */
  | 'store/locked'
  /** The data directory was written by a newer release. */
  | 'store/newer-schema'
  /** The disk refused: full, read-only, or failing. */
  | 'store/unavailable'
  /** The store was used in a way that cannot be atomic: a transaction inside another, or one that waits. */
  | 'store/misused'
  /** Shares to be stored contradict what is stored for the same attempt or epoch. */
  | 'store/conflict'
  /** The shares to be activated are not in the store. */
  | 'store/no-such-shares'
  /** The identity file is missing, damaged, or contradicts itself. */
  | 'identity/unreadable';

/** An error of the node daemon. */
export class NodeError extends KeymeshError {
  declare readonly code: NodeErrorCode;
  constructor(message: string, options: ErrorOptions & { readonly code: NodeErrorCode }) {
    super(message, options);
  }
}
