import { fromHex, toHex } from '@keymesh/foundation';
import type { Address, Hex, LocalAccount, Signature, TransactionSerializable } from 'viem';
import { toAccount } from 'viem/accounts';
import { hashAuthorization, hashMessage, hashTypedData, keccak256, serializeTransaction } from 'viem/utils';
import { findKey } from '../keys/find-key.ts';
import type { Key } from '../keys/key.ts';
import type { KeyReference } from '../keys/token-id.ts';
import type { Network } from '../network/network.ts';
import type { Session } from '../session/session.ts';
import { sign } from '../signing/sign.ts';

export interface ViemAccountParameters {
  /** What signs for the account, as long as it lasts; it must be allowed to sign with the key (`allowSigning`). */
  readonly session: Session;
  readonly key: KeyReference;
}

/** An account of viem that signs whatever a local account signs. */
export type ViemAccount = LocalAccount<'keymesh'> & {
  readonly sign: NonNullable<LocalAccount['sign']>;
  readonly signAuthorization: NonNullable<LocalAccount['signAuthorization']>;
  readonly key: Key;
};

/** First of the two values of v that Ethereum's signatures of messages have (yellow paper, appendix F). */
const V_EVEN = 27;

/**
 * The Ethereum account that a key is, for viem's wallet clients: messages (EIP-191), typed data (EIP-712), transactions
 * of every type that viem serialises, and authorizations (EIP-7702). Each signature is one of the network's, by
 * `EcdsaK256Sha256` over the keccak256 hash that the standard prescribes.
 *
 * @throws as `findKey`; its methods as `sign`.
 */
export async function toViemAccount(
  network: Network,
  { session, key: reference }: ViemAccountParameters,
): Promise<ViemAccount> {
  const key = await findKey(network, reference);
  const signHash = (hash: Hex): Promise<Signature> => signDigest(network, session, key, hash);
  const account = toAccount({
    address: key.address as Address,
    sign: async ({ hash }) => serialize(await signHash(hash)),
    signMessage: async ({ message }) => serialize(await signHash(hashMessage(message))),
    signTypedData: async (definition) => serialize(await signHash(hashTypedData(definition))),
    signAuthorization: async (request) => {
      const { chainId, nonce } = request;
      const address = (request.contractAddress ?? request.address) as Address;
      const signature = await signHash(hashAuthorization({ address, chainId, nonce }));
      return { address, chainId, nonce, ...signature };
    },
    signTransaction: async (transaction, options) => {
      const serializer = options?.serializer ?? serializeTransaction;
      const signature = await signHash(keccak256(await serializer(signedPart(transaction))));
      return serializer(transaction, signature);
    },
  });
  return { ...account, source: 'keymesh', publicKey: key.publicKey as Hex, key } as ViemAccount;
}

async function signDigest(network: Network, session: Session, key: Key, hash: Hex): Promise<Signature> {
  const scheme = 'EcdsaK256Sha256';
  const { signature, recoveryId = 0 } = await sign(network, { session, key, scheme, message: fromHex(hash) });
  // Ethereum has no word for recovery ids 2 and 3; they come up once in 2^127 signatures.
  const yParity = recoveryId & 1;
  const half = signature.length / 2;
  return {
    r: `0x${toHex(signature.subarray(0, half))}`,
    s: `0x${toHex(signature.subarray(half))}`,
    v: BigInt(V_EVEN + yParity),
    yParity,
  };
}

/** r ‖ s ‖ v, 65 bytes. */
function serialize({ r, s, yParity }: Signature): Hex {
  return `${r}${s.slice(2)}${(V_EVEN + Number(yParity)).toString(16)}`;
}

/** Blobs travel with a transaction and are not part of what is signed (EIP-4844). */
function signedPart<T extends TransactionSerializable>(transaction: T): T {
  return transaction.type === 'eip4844' ? { ...transaction, sidecars: false } : transaction;
}
