import { toHex } from '@keymesh/foundation';
import {
  type AuthSig,
  type Capability,
  capability,
  createDelegationMessage,
  createSessionKey,
  delegationAuthSig,
} from '@keymesh/protocol/sessions';
import { SdkError } from '../errors.ts';
import { SESSION_LIFETIME_DEFAULT_MS } from '../limits.ts';
import type { Network } from '../network/network.ts';
import { CommitmentStock } from '../signing/commitment-stock.ts';
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
  /** Milliseconds; default 15 minutes. */
  readonly lifetimeMs?: number;
  /** The host that asks, shown by wallets. Default `localhost`. */
  readonly domain?: string;
  /** A sentence of the application's own that the wallet shows. */
  readonly statement?: string;
}

/** Lets a session sign with one key, by its token id (0x and 64 digits), or with every key of the wallet (`*`). */
export function allowSigning(tokenId: string): Capability {
  return capability('pkp-signing', tokenId.replace(/^0x/, ''));
}

/** Lets a session decrypt what is encrypted to conditions that the wallet satisfies; `*` for all. */
export function allowDecryption(resource = '*'): Capability {
  return capability('access-control-condition-decryption', resource);
}

/**
 * Has the wallet delegate capabilities to a fresh session key, by one signature (EIP-4361 with an ERC-5573 ReCap).
 * @throws SdkError `sdk/invalid-argument`; ProtocolError `delegation/malformed`; whatever the wallet throws.
 */
export async function createSession(
  network: Pick<Network, 'platform' | 'chainId'>,
  parameters: CreateSessionParameters,
): Promise<Session> {
  const { wallet, capabilities } = parameters;
  if (capabilities.length === 0) {
    throw new SdkError('A session without capabilities could do nothing.', {
      code: 'sdk/invalid-argument',
      fault: 'caller',
      hint: "Pass what it may do, e.g. [allowSigning(tokenId), allowDecryption('*')].",
    });
  }
  const { platform, chainId } = network;
  const key = createSessionKey(platform.random);
  const issuedAt = platform.now();
  const expiration = issuedAt + (parameters.lifetimeMs ?? SESSION_LIFETIME_DEFAULT_MS);
  const message = createDelegationMessage({
    wallet: wallet.address,
    sessionKey: key.publicKey,
    capabilities,
    nonce: toHex(platform.random(NONCE_BYTES)),
    issuedAt,
    expiration,
    chainId,
    ...(parameters.domain === undefined ? {} : { domain: parameters.domain }),
    ...(parameters.statement === undefined ? {} : { statement: parameters.statement }),
  });
  const delegation: AuthSig = delegationAuthSig(message, await wallet.signMessage({ message }), wallet.address);
  return { wallet: wallet.address, key, capabilities, delegation, expiration, commitments: new CommitmentStock() };
}
