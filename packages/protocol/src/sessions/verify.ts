import { fromHex, KeymeshError, utf8 } from '@keymesh/foundation';
import { ProtocolError, type ProtocolErrorCode } from '../errors.ts';
import { SESSION_FUTURE_MAX_MS, SESSION_MESSAGE_CHARS_MAX } from '../limits.ts';
import { noblePrimitives, type Primitives } from '../primitives.ts';
import { parseRfc3339 } from '../rfc3339.ts';
import { parseJson } from '../routes/parse.ts';
import { ANY_RESOURCE, type Capability, describeCapability } from './abilities.ts';
import type { AuthSig } from './auth-sig.ts';
import { type Delegation, verifyDelegation } from './delegation.ts';
import { SESSION_ALGORITHM, SESSION_DERIVATION, type SessionMessage, sessionMessageSchema } from './message.ts';
import { hostAndPort } from './node-address.ts';

/** What a node checks a session signature against. */
export interface SessionRequirement {
  readonly authSig: AuthSig;
  /** The node's own public address; URL or `host:port`. */
  readonly nodeAddress: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: number;
  readonly required: Capability;
  /** Default: noble. */
  readonly primitives?: Primitives;
}

/** A session that was checked. */
export interface VerifiedSession {
  /** The wallet that stands behind the session; EIP-55 spelling. */
  readonly wallet: string;
  /** 64 hex digits. */
  readonly sessionKey: string;
  /** When session or delegation ends, whichever is first. Milliseconds since 1970-01-01 UTC. */
  readonly expiration: number;
  readonly delegation: Delegation;
}

/**
 * Checks everything about a session signature that can be checked without the chain, and denies by default.
 * @throws ProtocolError with the `session/…` or `delegation/…` code of the check that failed. If there are several
 *   delegations and none is valid: `session/delegation-missing`, with the code of each in `details`.
 */
export function verifySessionSignature(requirement: SessionRequirement): VerifiedSession {
  const { authSig, now, primitives = noblePrimitives } = requirement;
  const message = authenticMessage(authSig, primitives);
  const expiration = checkTimes(message, now);
  const own = hostAndPort(requirement.nodeAddress);
  if (own === undefined || hostAndPort(message.nodeAddress) !== own) {
    throw refused('session/wrong-node', 'it was made for another node', { nodeAddress: message.nodeAddress });
  }
  if (!asksFor(message, requirement.required)) {
    throw refused('session/capability-missing', `it does not ask for ${describeCapability(requirement.required)}`);
  }
  const delegation = firstValidDelegation(message, requirement.required, now, primitives);
  return {
    wallet: delegation.wallet,
    sessionKey: message.sessionKey,
    expiration: Math.min(expiration, delegation.expiration),
    delegation,
  };
}

/** Signature before content: what is read afterwards is what the session key signed. */
function authenticMessage(authSig: AuthSig, primitives: Primitives): SessionMessage {
  if (authSig.derivedVia !== SESSION_DERIVATION || authSig.algo !== SESSION_ALGORITHM) {
    throw refused('session/malformed', 'it is not an Ed25519 session signature');
  }
  if (!/^[0-9a-f]{64}$/.test(authSig.address) || !/^[0-9a-fA-F]{128}$/.test(authSig.sig)) {
    throw refused('session/malformed', 'its key or signature has the wrong length or digits');
  }
  if (authSig.signedMessage.length > SESSION_MESSAGE_CHARS_MAX) throw refused('session/malformed', 'it is too long');
  const { address, signedMessage, sig } = authSig;
  if (!primitives.verifyEd25519(fromHex(address), utf8(signedMessage), fromHex(sig)))
    throw refused('session/bad-signature', 'its Ed25519 signature does not verify');
  const message = parseSessionMessage(authSig.signedMessage);
  if (message.sessionKey !== authSig.address) {
    throw refused('session/malformed', 'its text names another session key than the one that signed');
  }
  return message;
}

function parseSessionMessage(text: string): SessionMessage {
  try {
    return parseJson(sessionMessageSchema, text, 'session message');
  } catch (thrown) {
    if (!(thrown instanceof KeymeshError)) throw thrown;
    throw new ProtocolError(thrown.message, { code: 'session/malformed', fault: 'caller', details: thrown.details });
  }
}

function checkTimes(message: SessionMessage, now: number): number {
  const issuedAt = parseRfc3339(message.issuedAt);
  const expiration = parseRfc3339(message.expiration);
  if (issuedAt === undefined || expiration === undefined) {
    throw refused('session/malformed', 'its issuedAt or expiration is not an RFC 3339 date-time');
  }
  if (issuedAt > now + SESSION_FUTURE_MAX_MS) throw refused('session/not-yet-valid', 'it is issued in the future');
  if (expiration <= now) throw refused('session/expired', 'it is over', { expiration: message.expiration });
  return expiration;
}

function asksFor(message: SessionMessage, needed: Capability): boolean {
  return message.resourceAbilityRequests.some(({ resource, ability }) => {
    if (resource.resourcePrefix !== needed.resourcePrefix || ability !== needed.ability) return false;
    return resource.resource === needed.resource || resource.resource === ANY_RESOURCE;
  });
}

function firstValidDelegation(
  message: SessionMessage,
  needed: Capability,
  now: number,
  primitives: Primitives,
): Delegation {
  const reasons: ProtocolError[] = [];
  for (const authSig of message.capabilities) {
    try {
      return verifyDelegation(authSig, message.sessionKey, needed, now, primitives);
    } catch (thrown) {
      if (!(thrown instanceof ProtocolError)) throw thrown;
      reasons.push(thrown);
    }
  }
  if (message.capabilities.length === 1) throw reasons[0] as ProtocolError;
  const list = reasons.map((reason) => reason.message).join(' ');
  throw refused('session/delegation-missing', `no valid delegation is in it. ${list}`.trim(), {
    delegations: reasons.map((reason) => reason.code),
  });
}

function refused(
  code: ProtocolErrorCode & `session/${string}`,
  reason: string,
  details: Record<string, string | string[]> = {},
): ProtocolError {
  return new ProtocolError(`The session is refused: ${reason.replace(/\.$/, '')}.`, {
    code,
    fault: 'caller',
    hint: 'Make a new session signature for this node.',
    details,
  });
}
