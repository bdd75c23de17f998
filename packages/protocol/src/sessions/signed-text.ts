import type { ProtocolError, ProtocolErrorCode } from '../errors.ts';
import { DELEGATION_MESSAGE_CHARS_MAX, SESSION_FUTURE_MAX_MS, SESSION_RESOURCES_MAX } from '../limits.ts';
import type { Primitives } from '../primitives.ts';
import type { AuthSig } from './auth-sig.ts';
import { checksumAddress, recoverPersonalSigner } from './ethereum.ts';
import { decodeRecap, RECAP_URN, type Recap, recapStatement } from './recap.ts';
import { parseSiwe, type SiweFields } from './siwe.ts';

/** `derivedVia` of a text that a wallet signed with `personal_sign`. */
export const WALLET_DERIVATION = 'web3.eth.personal.sign';
/** What the URI of a session's delegation begins with. */
export const SESSION_URI = 'lit:session:';

/** Words an error for what the text is to its reader. */
export type Refusal = (code: ProtocolErrorCode & `delegation/${string}`, reason: string) => ProtocolError;

/** A sign-in text (EIP-4361) that has an end. */
export type EndingSiwe = SiweFields & { readonly expirationTime: number };

/** All that can be said of any such text without keys and clock. @throws what `refused` makes. */
export function readSignedText(text: string, refused: Refusal): EndingSiwe {
  if (text.length > DELEGATION_MESSAGE_CHARS_MAX) throw refused('delegation/malformed', 'its text is too long');
  const siwe = parseSiwe(text);
  if ('problem' in siwe) throw refused('delegation/malformed', siwe.problem);
  const { expirationTime } = siwe;
  if (expirationTime === undefined) throw refused('delegation/expired', 'it has no expiration time');
  if (siwe.resources.length > SESSION_RESOURCES_MAX) throw refused('delegation/malformed', 'it has too many resources');
  return { ...siwe, expirationTime };
}

/** The one ReCap of a text, if it has exactly one and that is well-formed. */
export function onlyRecap({ resources }: SiweFields): Recap | undefined {
  const urns = resources.filter((resource) => resource.startsWith(RECAP_URN));
  return urns.length === 1 ? decodeRecap(urns[0] as string) : undefined;
}

/** Whether the statement ends with what the capabilities mean: what wallets show is what is granted (ERC-5573). */
export function statesRecap({ statement }: SiweFields, recap: Recap): boolean {
  const meaning = recapStatement(recap);
  return statement === meaning || statement.endsWith(` ${meaning}`);
}

/** @throws what `refused` makes, for a kind of signature that this network does not accept. */
export function assertWalletDerivation({ derivedVia }: AuthSig, refused: Refusal): void {
  if (derivedVia === WALLET_DERIVATION) return;
  throw refused('delegation/malformed', 'it is not made by a kind of signature that this network accepts');
}

/**
 * Checks that a text holds now and that the wallet that it names signed it.
 * @param now milliseconds since 1970-01-01 UTC.
 * @returns the wallet, EIP-55 spelling. @throws what `refused` makes.
 */
export function signerOfText(
  authSig: AuthSig,
  { issuedAt, notBefore, expirationTime, address }: EndingSiwe,
  { now, primitives, refused }: { readonly now: number; readonly primitives: Primitives; readonly refused: Refusal },
): string {
  if (issuedAt > now + SESSION_FUTURE_MAX_MS) throw refused('delegation/not-yet-valid', 'it is issued in the future');
  if (notBefore !== undefined && notBefore > now) {
    throw refused('delegation/not-yet-valid', 'its first valid moment is in the future');
  }
  if (expirationTime <= now) throw refused('delegation/expired', 'it is over');
  const wallet = checksumAddress(address);
  if (recoverPersonalSigner(authSig.signedMessage, authSig.sig, primitives) !== wallet) {
    throw refused('delegation/bad-signature', 'it is not signed by the wallet that it names');
  }
  if (authSig.address.toLowerCase() !== wallet.toLowerCase()) {
    throw refused('delegation/malformed', 'it is labelled with another address than the one in its text');
  }
  return wallet;
}
