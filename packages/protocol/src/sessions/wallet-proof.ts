import { ProtocolError, type ProtocolErrorCode } from '../errors.ts';
import { DELEGATION_MESSAGE_CHARS_MAX, SESSION_FUTURE_MAX_MS, SESSION_RESOURCES_MAX } from '../limits.ts';
import { noblePrimitives, type Primitives } from '../primitives.ts';
import type { Capability } from './abilities.ts';
import type { AuthSig } from './auth-sig.ts';
import { SESSION_URI, WALLET_DERIVATION } from './delegation.ts';
import { checksumAddress, recoverPersonalSigner } from './ethereum.ts';
import { decodeRecap, RECAP_URN, recapGrants } from './recap.ts';
import { parseSiwe, type SiweFields } from './siwe.ts';

/** A wallet's own word, as a program's caller hands it on. */
export interface WalletProof {
  /** EIP-55 spelling. */
  readonly wallet: string;
  /** Whether the text grants a capability in so many words. A sign-in to some site grants none. */
  grants(needed: Capability): boolean;
}

/**
 * Checks that a wallet signed a sign-in text (EIP-4361) that still holds. Whoever holds such a text can show it: it says
 * who the wallet is and no more, unless it grants something by a ReCap.
 * @param now milliseconds since 1970-01-01 UTC.
 * @throws ProtocolError `delegation/…` with the check that failed. The delegation of a session is refused: every node that
 *   serves the session has seen it.
 */
export function verifyWalletProof(
  authSig: AuthSig,
  now: number,
  primitives: Primitives = noblePrimitives,
): WalletProof {
  if (authSig.derivedVia !== WALLET_DERIVATION) {
    throw refused('delegation/malformed', 'it is not made by a kind of signature that this network accepts');
  }
  const siwe = readSignIn(authSig.signedMessage);
  checkTimes(siwe, now);
  const wallet = checksumAddress(siwe.address);
  if (recoverPersonalSigner(authSig.signedMessage, authSig.sig, primitives) !== wallet) {
    throw refused('delegation/bad-signature', 'it is not signed by the wallet that it names');
  }
  if (authSig.address.toLowerCase() !== wallet.toLowerCase()) {
    throw refused('delegation/malformed', 'it is labelled with another address than the one in its text');
  }
  const urns = siwe.resources.filter((resource) => resource.startsWith(RECAP_URN));
  const recap = urns.length === 1 ? decodeRecap(urns[0] as string) : undefined;
  return { wallet, grants: (needed) => recap !== undefined && recapGrants(recap, needed) };
}

function readSignIn(text: string): SiweFields {
  if (text.length > DELEGATION_MESSAGE_CHARS_MAX) throw refused('delegation/malformed', 'its text is too long');
  const siwe = parseSiwe(text);
  if ('problem' in siwe) throw refused('delegation/malformed', siwe.problem);
  if (siwe.resources.length > SESSION_RESOURCES_MAX) throw refused('delegation/malformed', 'it has too many resources');
  if (siwe.uri.startsWith(SESSION_URI)) throw refused('delegation/wrong-session-key', 'it belongs to a session key');
  return siwe;
}

function checkTimes({ issuedAt, notBefore, expirationTime }: SiweFields, now: number): void {
  if (issuedAt > now + SESSION_FUTURE_MAX_MS) throw refused('delegation/not-yet-valid', 'it is issued in the future');
  if (notBefore !== undefined && notBefore > now) {
    throw refused('delegation/not-yet-valid', 'its first valid moment is in the future');
  }
  if (expirationTime === undefined) throw refused('delegation/expired', 'it has no expiration time');
  if (expirationTime <= now) throw refused('delegation/expired', 'it is over');
}

function refused(code: ProtocolErrorCode & `delegation/${string}`, reason: string): ProtocolError {
  return new ProtocolError(`The authSig is refused: ${reason}.`, {
    code,
    fault: 'caller',
    hint: 'Let the wallet sign a new sign-in text (EIP-4361) that ends, or pass null for the caller of the program.',
  });
}
