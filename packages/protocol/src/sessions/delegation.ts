import { utf8 } from '@keymesh/foundation';
import { base64urlnopad } from '@scure/base';
import { ProtocolError, type ProtocolErrorCode } from '../errors.ts';
import { DELEGATION_MESSAGE_CHARS_MAX, SESSION_FUTURE_MAX_MS, SESSION_RESOURCES_MAX } from '../limits.ts';
import { noblePrimitives, type Primitives } from '../primitives.ts';
import { decodeUtf8 } from '../utf8-decode.ts';
import { type Capability, describeCapability } from './abilities.ts';
import type { AuthSig } from './auth-sig.ts';
import { checksumAddress, recoverPersonalSigner } from './ethereum.ts';
import { decodeRecap, encodeRecap, RECAP_URN, type Recap, recapGrants, recapOf, recapStatement } from './recap.ts';
import { formatSiwe, parseSiwe, type SiweFields } from './siwe.ts';

/** `derivedVia` of a text that a wallet signed with `personal_sign`. */
export const WALLET_DERIVATION = 'web3.eth.personal.sign';
/** What the URI of a session's delegation begins with. */
export const SESSION_URI = 'lit:session:';
const PARAMETER_RESOURCE = /^litParam:([A-Za-z0-9_-]{1,64}):([A-Za-z0-9_-]*)$/;

/** What a wallet hands to a session key. */
export interface DelegationParameters {
  /** The wallet's address, in any letter case. */
  readonly wallet: string;
  /** The session's Ed25519 public key, 64 hex digits. */
  readonly sessionKey: string;
  readonly capabilities: readonly Capability[];
  /** 8 or more letters and digits; a recent block hash in the reference. */
  readonly nonce: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly issuedAt: number;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly expiration: number;
  /** The host that asks; wallets warn if it is not the page's. Default `localhost`, as in the reference. */
  readonly domain?: string;
  /** A sentence of the application's own, shown before what the capabilities mean. */
  readonly statement?: string;
  readonly chainId?: number;
  /** Values for `:litParam:<name>` in conditions. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/**
 * The text that a wallet signs to lend capabilities to a session key: EIP-4361 with an ERC-5573 ReCap.
 * @throws ProtocolError `delegation/malformed` if a field would break the format.
 */
export function createDelegationMessage(parameters: DelegationParameters): string {
  const recap = recapOf(parameters.capabilities);
  const own = parameters.statement === undefined ? '' : `${parameters.statement} `;
  const text = formatSiwe({
    domain: parameters.domain ?? 'localhost',
    address: checksumAddress(parameters.wallet),
    statement: `${own}${recapStatement(recap)}`,
    uri: `${SESSION_URI}${parameters.sessionKey}`,
    chainId: parameters.chainId ?? 1,
    nonce: parameters.nonce,
    issuedAt: parameters.issuedAt,
    expirationTime: parameters.expiration,
    resources: [
      ...Object.entries(parameters.parameters ?? {}).map(
        ([name, value]) => `litParam:${name}:${base64urlnopad.encode(utf8(value))}`,
      ),
      encodeRecap(recap),
    ],
  });
  readDelegation(text);
  return text;
}

/** The wallet's signature over the text as the object that travels. */
export function delegationAuthSig(message: string, signature: string, wallet: string): AuthSig {
  return { sig: signature, derivedVia: WALLET_DERIVATION, signedMessage: message, address: checksumAddress(wallet) };
}

/** What a valid delegation says. */
export interface Delegation {
  /** EIP-55 spelling. */
  readonly wallet: string;
  readonly domain: string;
  readonly chainId: number;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly expiration: number;
  /** From `litParam` resources. */
  readonly parameters: Readonly<Record<string, string>>;
  /** As the text lists them. */
  readonly resources: readonly string[];
}

/**
 * Checks that a wallet lends the needed capability to the session key now.
 * @param now milliseconds since 1970-01-01 UTC.
 * @throws ProtocolError with a `delegation/…` code that says which check failed.
 */
export function verifyDelegation(
  authSig: AuthSig,
  sessionKey: string,
  needed: Capability,
  now: number,
  primitives: Primitives = noblePrimitives,
): Delegation {
  if (authSig.derivedVia !== WALLET_DERIVATION) {
    throw refused('delegation/malformed', 'it is not made by a kind of signature that this network accepts');
  }
  const { siwe, recap, expiration, parameters } = readDelegation(authSig.signedMessage);
  if (siwe.uri !== `${SESSION_URI}${sessionKey}`) {
    throw refused('delegation/wrong-session-key', 'its URI names another session key');
  }
  if (siwe.issuedAt > now + SESSION_FUTURE_MAX_MS) {
    throw refused('delegation/not-yet-valid', 'it is issued in the future');
  }
  if (siwe.notBefore !== undefined && siwe.notBefore > now) {
    throw refused('delegation/not-yet-valid', 'its first valid moment is in the future');
  }
  if (expiration <= now) throw refused('delegation/expired', 'it is over');
  const wallet = checksumAddress(siwe.address);
  if (recoverPersonalSigner(authSig.signedMessage, authSig.sig, primitives) !== wallet) {
    throw refused('delegation/bad-signature', 'it is not signed by the wallet that it names');
  }
  if (authSig.address.toLowerCase() !== wallet.toLowerCase()) {
    throw refused('delegation/malformed', 'it is labelled with another address than the one in its text');
  }
  if (!recapGrants(recap, needed)) {
    throw refused('delegation/not-granted', `it does not grant ${describeCapability(needed)}`);
  }
  const { domain, chainId, resources } = siwe;
  return { wallet, domain, chainId, expiration, parameters, resources };
}

interface ReadDelegation {
  readonly siwe: SiweFields;
  readonly recap: Recap;
  readonly expiration: number;
  readonly parameters: Readonly<Record<string, string>>;
}

/** All that can be said of the text without keys and clock. */
function readDelegation(text: string): ReadDelegation {
  if (text.length > DELEGATION_MESSAGE_CHARS_MAX) throw refused('delegation/malformed', 'its text is too long');
  const siwe = parseSiwe(text);
  if ('problem' in siwe) throw refused('delegation/malformed', siwe.problem);
  if (siwe.expirationTime === undefined) throw refused('delegation/expired', 'it has no expiration time');
  if (siwe.resources.length > SESSION_RESOURCES_MAX) throw refused('delegation/malformed', 'it has too many resources');
  const urns = siwe.resources.filter((resource) => resource.startsWith(RECAP_URN));
  const recap = urns.length === 1 ? decodeRecap(urns[0] as string) : undefined;
  if (recap === undefined) {
    throw refused('delegation/malformed', 'it does not have exactly one well-formed ReCap without proofs');
  }
  const meaning = recapStatement(recap);
  if (siwe.statement !== meaning && !siwe.statement.endsWith(` ${meaning}`)) {
    throw refused('delegation/statement-mismatch', 'its statement does not end with what its capabilities mean');
  }
  return { siwe, recap, expiration: siwe.expirationTime, parameters: parametersOf(siwe.resources) };
}

function parametersOf(resources: readonly string[]): Readonly<Record<string, string>> {
  const found = new Map<string, string>();
  for (const resource of resources.filter((item) => item.startsWith('litParam:'))) {
    const [, name, encoded] = PARAMETER_RESOURCE.exec(resource) ?? [];
    const value = encoded === undefined ? undefined : decodeParameter(encoded);
    if (name === undefined || value === undefined || found.has(name)) {
      throw refused('delegation/malformed', 'a litParam resource is malformed or repeated');
    }
    found.set(name, value);
  }
  return Object.fromEntries(found);
}

function decodeParameter(encoded: string): string | undefined {
  try {
    return decodeUtf8(base64urlnopad.decode(encoded));
  } catch {
    return undefined;
  }
}

function refused(code: ProtocolErrorCode & `delegation/${string}`, reason: string): ProtocolError {
  return new ProtocolError(`The delegation is refused: ${reason}.`, {
    code,
    fault: 'caller',
    hint: 'Ask the wallet to sign a new delegation for this session key.',
  });
}
