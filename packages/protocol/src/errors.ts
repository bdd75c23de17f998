import { type ErrorOptions, KeymeshError } from '@keymesh/foundation';

/** Every code that this package throws, and those of the wire that servers and clients share. */
export type ProtocolErrorCode =
  /** A body, a field or a JSON text does not have the form of its route. */
  | 'wire/malformed'
  /** A sealed payload is not hex, too short, too long or of another version. */
  | 'sealing/malformed'
  /** The payload was made too long ago. */
  | 'sealing/expired'
  /** The payload claims to come from the future. */
  | 'sealing/from-future'
  /** The authentication tag does not match: altered, or sealed to another key. The envelope cannot tell which. */
  | 'sealing/not-authentic'
  /** An answer comes from another key than the one that was asked. */
  | 'sealing/wrong-sender'
  /** A session signature or its message does not have the reference's form. */
  | 'session/malformed'
  /** The Ed25519 signature of the session key does not verify. */
  | 'session/bad-signature'
  /** The session is over. */
  | 'session/expired'
  /** The session starts in the future. */
  | 'session/not-yet-valid'
  /** The session was made for another node. */
  | 'session/wrong-node'
  /** The session does not ask for the resource and ability that the request needs. */
  | 'session/capability-missing'
  /** No delegation in the session is valid; the message lists why each was refused. */
  | 'session/delegation-missing'
  /** A delegation's text, resource or kind is not one that we accept. */
  | 'delegation/malformed'
  /** A delegation is not signed by the wallet that it names. */
  | 'delegation/bad-signature'
  /** A delegation is for another session key. */
  | 'delegation/wrong-session-key'
  /** A delegation is over, or has no end. */
  | 'delegation/expired'
  /** A delegation starts in the future. */
  | 'delegation/not-yet-valid'
  /** The statement that the wallet displayed is not the one its capabilities mean. */
  | 'delegation/statement-mismatch'
  /** A delegation does not grant the resource and ability. */
  | 'delegation/not-granted'
  /** Conditions do not have the reference's form. */
  | 'conditions/malformed'
  /** More conditions than the limit, nested ones included. */
  | 'conditions/too-many'
  /** A kind of condition that this network does not evaluate. */
  | 'conditions/unsupported'
  /** A condition names a chain that the node has no table entry for. Thrown by the node. */
  | 'conditions/unknown-chain'
  /** The caller's session has no value for a `:litParam:` of the conditions. */
  | 'conditions/parameter-missing'
  /** A contract reverted, or its answer is not what its ABI says. It fails the whole check. */
  | 'conditions/answer-unusable'
  /** A fact of the plan was not given to the evaluation: a defect of the caller of this package. */
  | 'conditions/fact-missing'
  /** The conditions do not hold for the caller. */
  | 'conditions/denied'
  /** A text is not a CID of a SHA-256 hash. */
  | 'cid/malformed';

/** An error of messages, sessions or conditions. */
export class ProtocolError extends KeymeshError {
  declare readonly code: ProtocolErrorCode;
  constructor(message: string, options: ErrorOptions & { readonly code: ProtocolErrorCode }) {
    super(message, options);
  }
}
