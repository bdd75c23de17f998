import { decodeUtf8, utf8 } from '@keymesh/foundation';
import { base64urlnopad } from '@scure/base';
import { ProtocolError } from '../errors.ts';
import { noblePrimitives, type Primitives } from '../primitives.ts';
import { type Capability, describeCapability } from './abilities.ts';
import type { AuthSig } from './auth-sig.ts';
import { checksumAddress } from './ethereum.ts';
import { encodeRecap, namedResources, type Recap, recapGrants, recapOf, recapStatement } from './recap.ts';
import {
  assertWalletDerivation,
  type EndingSiwe,
  onlyRecap,
  type Refusal,
  readSignedText,
  SESSION_URI,
  signerOfText,
  statesRecap,
  WALLET_DERIVATION,
} from './signed-text.ts';
import { formatSiwe } from './siwe.ts';

const TOKEN = /^[0-9a-f]{64}$/;
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
  /** Tokens that the wallet lets be used for signing, where it names them. 64 hex digits each. */
  readonly signingTokens: readonly string[];
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
  assertWalletDerivation(authSig, refused);
  const { siwe, recap, parameters } = readDelegation(authSig.signedMessage);
  if (siwe.uri !== `${SESSION_URI}${sessionKey}`) {
    throw refused('delegation/wrong-session-key', 'its URI names another session key');
  }
  const wallet = signerOfText(authSig, siwe, { now, primitives, refused });
  if (!recapGrants(recap, needed)) {
    throw refused('delegation/not-granted', `it does not grant ${describeCapability(needed)}`);
  }
  const { domain, chainId, resources, expirationTime: expiration } = siwe;
  const signingTokens = namedResources(recap, 'pkp-signing').filter((resource) => TOKEN.test(resource));
  return { wallet, domain, chainId, expiration, parameters, resources, signingTokens };
}

interface ReadDelegation {
  readonly siwe: EndingSiwe;
  readonly recap: Recap;
  readonly parameters: Readonly<Record<string, string>>;
}

/** All that can be said of the text without keys and clock. */
function readDelegation(text: string): ReadDelegation {
  const siwe = readSignedText(text, refused);
  const recap = onlyRecap(siwe);
  if (recap === undefined) {
    throw refused('delegation/malformed', 'it does not have exactly one well-formed ReCap without proofs');
  }
  if (!statesRecap(siwe, recap)) {
    throw refused('delegation/statement-mismatch', 'its statement does not end with what its capabilities mean');
  }
  return { siwe, recap, parameters: parametersOf(siwe.resources) };
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

function refused(...[code, reason]: Parameters<Refusal>): ProtocolError {
  return new ProtocolError(`The delegation is refused: ${reason}.`, {
    code,
    fault: 'caller',
    hint: 'Ask the wallet to sign a new delegation for this session key.',
  });
}
