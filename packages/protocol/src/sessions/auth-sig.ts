import * as v from 'valibot';
import { SESSION_MESSAGE_CHARS_MAX } from '../limits.ts';

/** A signature of any kind over a text (the reference's AuthSig). */
export const authSigSchema = v.strictObject({
  /** Hex; 128 digits of Ed25519 for a session, 130 digits of EIP-191 for a wallet. */
  sig: v.pipe(v.string(), v.maxLength(512)),
  /** How the signature was made: `litSessionSignViaNacl`, `web3.eth.personal.sign`. */
  derivedVia: v.pipe(v.string(), v.maxLength(64)),
  /** The text that was signed. */
  signedMessage: v.pipe(v.string(), v.maxLength(SESSION_MESSAGE_CHARS_MAX)),
  /** The session's public key in hex, or the wallet's address. */
  address: v.pipe(v.string(), v.maxLength(128)),
  algo: v.exactOptional(v.pipe(v.string(), v.maxLength(32))),
});

export type AuthSig = v.InferOutput<typeof authSigSchema>;
