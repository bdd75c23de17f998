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
  | 'identity/unreadable'
  /** No route has this path. */
  | 'wire/unknown-route'
  /** The route exists, with another method. */
  | 'wire/method-not-allowed'
  /** What arrived is not HTTP, its headers are too long, or it took too long to arrive. */
  | 'wire/bad-http'
  /** The body is not JSON by its content type, or broke off. */
  | 'wire/bad-body'
  /** The body is longer than its route allows. */
  | 'wire/too-large'
  /** The client's address sent more requests than it may. */
  | 'wire/too-many-requests'
  /** The same sealed request was seen before. */
  | 'wire/replayed'
  /** The same request id came with other content. */
  | 'wire/request-id-reused'
  /** The request is for an epoch that is not in service. */
  | 'wire/stale-epoch'
  /** The wallet may not use the key. */
  | 'permissions/denied'
  /** No key has this token id. */
  | 'permissions/unknown-token'
  /** A signing request does not name exactly t signers, this node among them. */
  | 'signing/invalid-signer-set'
  /** The message of an ECDSA scheme is not a digest of the scheme's length. */
  | 'signing/invalid-digest'
  /** The leader assigned a preparation that this node does not have. */
  | 'signing/preparation-lost'
  /** Another signer gave the request up. */
  | 'signing/signer-failed'
  /** Other signers did not send their part of a request in time. */
  | 'signing/signer-silent'
  /** Some signers of a preparation have not been heard of since the node started. */
  | 'stock/signers-away'
  /** Two signers failed a check of ECDSA and do not presign together any more. */
  | 'stock/pair-burnt'
  /** Making a preparation failed at another signer, or with one that restarted. */
  | 'stock/preparation-failed'
  /** Other signers did not send their part of a preparation in time. */
  | 'stock/preparation-timeout'
  /** The signers of a batch have different results. */
  | 'stock/different-results'
  /** A batch names another epoch, other boots, or an impossible signer set. */
  | 'stock/stale-header'
  /** Too many preparations are being made or waited for. */
  | 'stock/overloaded'
  /** The thread that makes preparations ended by itself. */
  | 'stock/maker-ended'
  /** The node has no shares of an epoch in service yet. */
  | 'node/not-ready'
  /** The node does too much at once and sheds load. */
  | 'node/overloaded'
  /** The node's address for clients is in use or not its own. */
  | 'node/listen-failed'
  /** The chain's endpoint does not answer, or answers with an error. */
  | 'chain/unreachable'
  /** A contract refused a transaction or a call. */
  | 'chain/reverted'
  /** The node's account cannot pay for a transaction. */
  | 'chain/insufficient-funds'
  /** The endpoint serves another chain than the configuration says. */
  | 'chain/wrong-chain'
  /** What the contracts say cannot be: a key that is no point, an unknown kind. */
  | 'chain/unexpected-data'
  /** Fewer endpoints of a chain say the same than the operator demands. */
  | 'chain/no-quorum'
  /** A condition names a chain that the operator has not configured. */
  | 'conditions/unknown-chain'
  /** The node does not write runs down. */
  | 'actions/not-recorded'
  /** The node does not run programs. */
  | 'actions/not-served'
  /** No source of programs has this CID. */
  | 'actions/unknown-program'
  /** Nodes that run the same program did not take part in a round of it. */
  | 'actions/peer-silent'
  /** The program ended on some nodes without a round that it reached here. */
  | 'actions/diverged'
  /** Not all nodes of a run were there to begin it, so this one did not. */
  | 'actions/not-begun'
  /** What was given to `callContract` is no transaction. */
  | 'actions/bad-transaction'
  /** What was decrypted has another hash than it was encrypted under. */
  | 'actions/wrong-data-hash';

/** An error of the node daemon. */
export class NodeError extends KeymeshError {
  declare readonly code: NodeErrorCode;
  constructor(message: string, options: ErrorOptions & { readonly code: NodeErrorCode }) {
    super(message, options);
  }
}
