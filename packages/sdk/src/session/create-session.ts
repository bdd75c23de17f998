import { toHex } from '@keymesh/foundation';
import {
  ANY_RESOURCE,
  type Capability,
  capability,
  createDelegationMessage,
  createSessionKey,
  delegationAuthSig,
} from '@keymesh/protocol/sessions';
import { invalidArgument } from '../errors.ts';
import { type KeyReference, tokenIdOf } from '../keys/token-id.ts';
import { SESSION_BACKDATE_MS, SESSION_LIFETIME_DEFAULT_MS, SESSION_LIFETIME_MAX_MS } from '../limits.ts';
import type { Network } from '../network/network.ts';
import type { Session } from './session.ts';

const NONCE_BYTES = 16;

/** A wallet that can sign a text by EIP-191: a viem account, or anything like it. */
export interface Wallet {
  readonly address: string;
  signMessage(parameters: { readonly message: string }): Promise<string>;
}

export interface CreateSessionParameters {
  readonly wallet: Wallet;
  /** What the session may do: see `allowSigning` and `allowDecryption`. At least one. */
  readonly capabilities: readonly Capability[];
  /** Milliseconds, at most 30 days; default 15 minutes. */
  readonly lifetimeMs?: number;
  /** The host that asks, shown by wallets. Default `localhost`. */
  readonly domain?: string;
  /** A sentence of the application's own that the wallet shows. */
  readonly statement?: string;
}

/**
 * Lets a session sign with one key, or with every key that the wallet may use (`*`).
 * @throws SdkError `sdk/unknown-key` for what can be no key.
 */
export function allowSigning(key: KeyReference): Capability {
  return capability('pkp-signing', key === ANY_RESOURCE ? key : tokenIdOf(key).slice(2));
}

/**
 * Lets a session decrypt what is encrypted to conditions that the wallet satisfies; `*` for all.
 * @param resource `<conditions hash>/<data hash>`, both as 64 hex digits.
 */
export function allowDecryption(resource: string = ANY_RESOURCE): Capability {
  return capability('access-control-condition-decryption', resource);
}

/**
 * Has the wallet delegate capabilities to a fresh session key, by one signature (EIP-4361 with an ERC-5573 ReCap).
 * End it with `endSession` when it is not needed any more.
 *
 * @throws SdkError `sdk/invalid-argument`; ProtocolError `delegation/malformed`; whatever the wallet throws.
 */
export async function createSession(
  network: Pick<Network, 'platform' | 'chainId'>,
  parameters: CreateSessionParameters,
): Promise<Session> {
  const { wallet, capabilities, lifetimeMs = SESSION_LIFETIME_DEFAULT_MS } = parameters;
  checkParameters(capabilities, lifetimeMs);
  const { platform, chainId } = network;
  const now = platform.now();
  const expiration = now + lifetimeMs;
  const key = createSessionKey(platform.random);
  try {
    const message = createDelegationMessage({
      wallet: wallet.address,
      sessionKey: key.publicKey,
      capabilities,
      nonce: toHex(platform.random(NONCE_BYTES)),
      issuedAt: now - SESSION_BACKDATE_MS,
      expiration,
      chainId,
      ...(parameters.domain === undefined ? {} : { domain: parameters.domain }),
      ...(parameters.statement === undefined ? {} : { statement: parameters.statement }),
    });
    const delegation = delegationAuthSig(message, await wallet.signMessage({ message }), wallet.address);
    return {
      wallet: wallet.address,
      key,
      capabilities: [...capabilities],
      delegation,
      expiration,
    };
  } catch (thrown) {
    key.secretKey.wipe();
    throw thrown;
  }
}

function checkParameters(capabilities: readonly Capability[], lifetimeMs: number): void {
  if (capabilities.length === 0) {
    throw invalidArgument(
      'A session without capabilities could do nothing.',
      "Pass what it may do, e.g. [allowSigning(tokenId), allowDecryption('*')].",
    );
  }
  if (!(lifetimeMs > 0 && lifetimeMs <= SESSION_LIFETIME_MAX_MS)) {
    throw invalidArgument(
      'The lifetime of the session is out of range.',
      `Give milliseconds, more than 0 and at most ${SESSION_LIFETIME_MAX_MS}.`,
    );
  }
}
