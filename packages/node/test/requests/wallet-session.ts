import { toHex } from '@keymesh/foundation';
import {
  type AuthSig,
  type Capability,
  createDelegationMessage,
  createSessionKey,
  createSessionMessage,
  delegationAuthSig,
  signSessionMessage,
} from '@keymesh/protocol/sessions';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { seededRandom } from '../mesh/virtual-clock.ts';

export const NODE_URL = 'http://127.0.0.1:7001';

/** A wallet that exists in tests only. */
export function walletOf(number: number): PrivateKeyAccount {
  return privateKeyToAccount(`0x${toHex(new Uint8Array(32).fill(number))}`);
}

/** What a client of the wallet sends to one node. Times are milliseconds. */
export async function sessionOf(options: {
  readonly wallet: PrivateKeyAccount;
  readonly capabilities: readonly Capability[];
  readonly now: number;
  readonly nodeUrl?: string;
  readonly lifetimeMs?: number;
  readonly parameters?: Readonly<Record<string, string>>;
}): Promise<AuthSig> {
  const { wallet, capabilities, now, nodeUrl = NODE_URL, lifetimeMs = 600_000, parameters = {} } = options;
  const key = createSessionKey(seededRandom(now % 1_000));
  const expiration = now + lifetimeMs;
  const message = createDelegationMessage({
    ...{ wallet: wallet.address, sessionKey: key.publicKey, capabilities, expiration, parameters },
    nonce: 'abcdefgh12345678',
    issuedAt: now - 1_000,
  });
  const delegation = delegationAuthSig(message, await wallet.signMessage({ message }), wallet.address);
  const text = createSessionMessage({
    ...{ sessionKey: key.publicKey, requests: capabilities, delegations: [delegation], expiration },
    issuedAt: now - 1_000,
    nodeAddress: nodeUrl,
  });
  return signSessionMessage(text, key);
}
