import {
  type AuthSig,
  type Capability,
  createSessionMessage,
  type SessionKey,
  signSessionMessage,
} from '@keymesh/protocol/sessions';
import { SdkError } from '../errors.ts';
import { SESSION_BACKDATE_MS } from '../limits.ts';
import type { CommitmentStock } from '../signing/commitment-stock.ts';

/**
 * A short-lived key to which a wallet lent capabilities. It signs each request's authority for each node by itself, so
 * the wallet is asked once. Ends at `expiration`, and with `endSession`.
 */
export interface Session {
  /** The wallet that stands behind it; 0x and 40 digits. */
  readonly wallet: string;
  readonly key: SessionKey;
  readonly capabilities: readonly Capability[];
  readonly delegation: AuthSig;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly expiration: number;
  /** Nonce commitments that nodes made for this wallet and that no signature has used yet. */
  readonly commitments: CommitmentStock;
}

/**
 * The session's signature for one node (lit-sdk-wire.md A.5).
 * @param now milliseconds since 1970-01-01 UTC.
 * @throws SdkError `sdk/session-unusable` when it has ended.
 */
export function sessionSignature(session: Session, nodeUrl: string, now: number): AuthSig {
  assertUsable(session, now);
  const message = createSessionMessage({
    sessionKey: session.key.publicKey,
    requests: session.capabilities,
    delegations: [session.delegation],
    issuedAt: now - SESSION_BACKDATE_MS,
    expiration: session.expiration,
    nodeAddress: nodeUrl,
  });
  return signSessionMessage(message, session.key);
}

/** @throws SdkError `sdk/session-unusable` when it has ended. */
export function assertUsable(session: Session, now: number): void {
  if (now >= session.expiration || session.key.secretKey.isWiped) throw ended();
}

/** Destroys the session's key. Operations under way that have to ask another node fail with `sdk/session-unusable`. */
export function endSession(session: Session): void {
  session.key.secretKey.wipe();
}

function ended(): SdkError {
  return new SdkError('The session has ended.', {
    code: 'sdk/session-unusable',
    fault: 'caller',
    hint: 'Create a new one with createSession.',
  });
}
