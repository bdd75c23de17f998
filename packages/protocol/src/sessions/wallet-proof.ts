import { ProtocolError } from '../errors.ts';
import { noblePrimitives, type Primitives } from '../primitives.ts';
import type { Capability } from './abilities.ts';
import type { AuthSig } from './auth-sig.ts';
import { recapGrants } from './recap.ts';
import {
  assertWalletDerivation,
  onlyRecap,
  type Refusal,
  readSignedText,
  SESSION_URI,
  signerOfText,
  statesRecap,
} from './signed-text.ts';

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
  assertWalletDerivation(authSig, refused);
  const siwe = readSignedText(authSig.signedMessage, refused);
  if (siwe.uri.startsWith(SESSION_URI)) throw refused('delegation/wrong-session-key', 'it belongs to a session key');
  const wallet = signerOfText(authSig, siwe, { now, primitives, refused });
  const recap = onlyRecap(siwe);
  const granted = recap !== undefined && statesRecap(siwe, recap) ? recap : undefined;
  return { wallet, grants: (needed) => granted !== undefined && recapGrants(granted, needed) };
}

function refused(...[code, reason]: Parameters<Refusal>): ProtocolError {
  return new ProtocolError(`The authSig is refused: ${reason}.`, {
    code,
    fault: 'caller',
    hint: 'Let the wallet sign a new sign-in text (EIP-4361) that ends, or pass null for the caller of the program.',
  });
}
