import { pubkeyRouterAbi } from '@keymesh/contracts';
import { fromHex, toHex } from '@keymesh/foundation';
import { KEY_ID_BYTES } from '@keymesh/threshold/derivation';
import { readContract } from 'viem/actions';
import { publicKeyToAddress } from 'viem/utils';
import { SdkError } from '../errors.ts';
import { KEYS_REMEMBERED_MAX } from '../limits.ts';
import { chainError, revertName } from '../network/chain-error.ts';
import type { NetworkOnChain } from '../network/network.ts';
import { publicKeyFor } from './derive-public-keys.ts';
import type { Key } from './key.ts';
import { type KeyReference, tokenIdOf, tokenIdOfPublicKey, uncompress, unknownKey } from './token-id.ts';

/**
 * Finds a minted key. The chain is asked for its key id only, once for each connection; the public key is computed from
 * the network's root key, and must be the one that the token's id is the hash of.
 *
 * @throws SdkError `sdk/unknown-key`, `sdk/chain-unreachable`, `sdk/chain-refused`, `sdk/chain-inconsistent`.
 */
export async function findKey(network: NetworkOnChain, reference: KeyReference): Promise<Key> {
  const tokenId = tokenIdOf(reference);
  const known = network.knownKeys.get(tokenId);
  if (known !== undefined) return known;
  const key = deriveKey(network, tokenId, await readKeyId(network, tokenId));
  if (network.knownKeys.size >= KEYS_REMEMBERED_MAX) network.knownKeys.clear();
  network.knownKeys.set(tokenId, key);
  return key;
}

async function readKeyId(network: NetworkOnChain, tokenId: string): Promise<Uint8Array> {
  try {
    const keyId = await readContract(network.chain, {
      address: network.contracts.PubkeyRouter,
      abi: pubkeyRouterAbi,
      functionName: 'keyIdOf',
      args: [BigInt(tokenId)],
    });
    return fromHex(keyId);
  } catch (thrown) {
    if (revertName(thrown) === 'KeyNotFound') throw unknownKey(tokenId);
    throw chainError(thrown, 'the key of a token');
  }
}

function deriveKey(network: NetworkOnChain, tokenId: string, keyId: Uint8Array): Key {
  const key = keyId.length === KEY_ID_BYTES ? keyOf(network, keyId) : undefined;
  if (key?.tokenId !== tokenId) throw foreignKey(tokenId);
  return key;
}

/** The key with an id, minted or not: what it is follows from the network's root key. */
export function keyOf(network: Pick<NetworkOnChain, 'curves' | 'rootKeys'>, keyId: Uint8Array): Key {
  const uncompressed = uncompress(publicKeyFor(network, { keyId }, 'EcdsaK256Sha256'));
  const publicKey = `0x${toHex(uncompressed)}` as const;
  return { tokenId: tokenIdOfPublicKey(uncompressed), keyId, publicKey, address: publicKeyToAddress(publicKey) };
}

function foreignKey(tokenId: string): SdkError {
  return new SdkError(`The key of ${tokenId} on chain does not follow from the network's root key.`, {
    code: 'sdk/chain-inconsistent',
    fault: 'environment',
    hint: 'The contracts at this directory are not those of a Keymesh network, or the RPC endpoint lies.',
  });
}
