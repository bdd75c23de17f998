import {
  type AuthSig,
  type Capability,
  createSessionMessage,
  type SessionKey,
  signSessionMessage,
} from '@keymesh/protocol/sessions';
import { SdkError } from '../errors.ts';
import { SESSION_BACKDATE_MS } from '../limits.ts';

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
}

/**
 * A session's signatures for nodes, by URL: each serves all requests to that node. Not in the session itself, because
 * for that node they are worth as much as the key, and a session may be printed.
 */
const signatures = new WeakMap<Session, Map<string, AuthSig>>();

/**
 * The session's signature for one node (lit-sdk-wire.md A.5).
 * @param now milliseconds since 1970-01-01 UTC.
 * @throws SdkError `sdk/session-unusable` when it has ended.
 */
export function sessionSignature(session: Session, nodeUrl: string, now: number): AuthSig {
  assertUsable(session, now);
  const made = signatures.get(session) ?? new Map<string, AuthSig>();
  const known = made.get(nodeUrl);
  if (known !== undefined) return known;
  const message = createSessionMessage({
    sessionKey: session.key.publicKey,
    requests: session.capabilities,
    delegations: [session.delegation],
    issuedAt: now - SESSION_BACKDATE_MS,
    expiration: session.expiration,
    nodeAddress: nodeUrl,
  });
  const signature = signSessionMessage(message, session.key);
  signatures.set(session, made.set(nodeUrl, signature));
  return signature;
}

/** @throws SdkError `sdk/session-unusable` when it has ended. */
export function assertUsable(session: Session, now: number): void {
  if (now >= session.expiration || session.key.secretKey.isWiped) throw ended();
}

/** Destroys the session's key. Operations under way that have to ask another node fail with `sdk/session-unusable`. */
export function endSession(session: Session): void {
  session.key.secretKey.wipe();
  signatures.delete(session);
}

function ended(): SdkError {
  return new SdkError('The session has ended.', {
    code: 'sdk/session-unusable',
    fault: 'caller',
    hint: 'Create a new one with createSession.',
  });
}
