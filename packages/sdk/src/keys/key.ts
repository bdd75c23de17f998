import { pubkeyRouterAbi } from '@keymesh/contracts';
import { bytesToBigint, fromHex, KeymeshError, toHex } from '@keymesh/foundation';
import { SCHEMES, type SchemeName } from '@keymesh/protocol/schemes';
import { deriveChildPublicKey } from '@keymesh/threshold/derivation';
import { type FrostScheme, frostSuites } from '@keymesh/threshold/frost';
import { rootPublicKey } from '@keymesh/threshold/public-key-package';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak256 } from 'viem';
import { SdkError } from '../errors.ts';
import { chainError, revertName } from '../network/chain-facts.ts';
import type { Network } from '../network/network.ts';

const TOKEN_ID_BYTES = 32;
const COMPRESSED_BYTES = 33;
const UNCOMPRESSED_BYTES = 65;

/** A minted key: its token, and what its public keys on all curves follow from. */
export interface Key {
  /** 0x and 64 lower-case digits. */
  readonly tokenId: string;
  /** 32 bytes. */
  readonly keyId: Uint8Array;
  /** secp256k1, uncompressed: 0x and 130 digits. */
  readonly publicKey: string;
  /** The Ethereum address of the key, 0x and 40 digits. */
  readonly address: string;
}

/** A key by its token id (0x-hex or decimal), by its secp256k1 public key (hex, either form), or already found. */
export type KeyReference = string | bigint | Key;

/**
 * Finds a minted key and checks that its public key on chain is the child of the network's root key.
 * @throws SdkError `sdk/unknown-key`, `sdk/chain-unreachable`.
 */
export async function findKey(network: Network, reference: KeyReference): Promise<Key> {
  if (typeof reference === 'object') return reference;
  const id = tokenIdOf(network, reference);
  const router = { address: network.contracts.PubkeyRouter, abi: pubkeyRouterAbi } as const;
  try {
    const [keyId, onChain, address] = await Promise.all([
      network.chain.readContract({ ...router, functionName: 'keyIdOf', args: [id] }),
      network.chain.readContract({ ...router, functionName: 'getPubkey', args: [id] }),
      network.chain.readContract({ ...router, functionName: 'getEthAddress', args: [id] }),
    ]);
    const key: Key = { tokenId: tokenIdText(id), keyId: fromHex(keyId), publicKey: onChain, address };
    const derived = publicKeyFor(network, key, 'SchnorrK256Sha256');
    if (toHex(derived) !== toHex(compress(fromHex(onChain)))) throw foreignKey(key.tokenId);
    return key;
  } catch (thrown) {
    if (revertName(thrown) === 'KeyNotFound') throw unknownKey(tokenIdText(id));
    throw chainError(thrown, 'the key of a token');
  }
}

/**
 * The public key under which a key's signatures of a scheme verify, in the scheme's encoding. Computed, not asked for.
 */
export function publicKeyFor(network: Network, key: Key, scheme: SchemeName): Uint8Array {
  if (scheme === 'Bls12381') return rootPublicKey(network.publicKeys, SCHEMES[scheme].root);
  const { root } = SCHEMES[scheme];
  const curve = network.curves[root];
  const [rootPoint] = network.roots[root];
  if (rootPoint === undefined) throw foreignKey(key.tokenId);
  const child = deriveChildPublicKey(curve, rootPoint, key.keyId);
  return frostSuites[scheme satisfies FrostScheme].encodePublicKey(curve.encodePoint(child));
}

/** 0x and 64 lower-case digits. */
export function tokenIdText(id: bigint): string {
  return `0x${id.toString(16).padStart(2 * TOKEN_ID_BYTES, '0')}`;
}

function tokenIdOf(network: Network, reference: string | bigint): bigint {
  if (typeof reference === 'bigint') return reference;
  const text = reference.trim();
  if (/^[0-9]{1,78}$/.test(text) && text.length !== 2 * TOKEN_ID_BYTES) return BigInt(text);
  if (/^0x[0-9a-fA-F]{1,64}$/.test(text)) return BigInt(text);
  try {
    const bytes = fromHex(text);
    if (bytes.length === TOKEN_ID_BYTES) return bytesToBigint(bytes);
    if (bytes.length === UNCOMPRESSED_BYTES && bytes[0] === 4) return BigInt(keccak256(bytes));
    if (bytes.length === COMPRESSED_BYTES) return BigInt(keccak256(decompress(network, bytes)));
  } catch (thrown) {
    if (!(thrown instanceof KeymeshError)) throw thrown;
  }
  throw unknownKey(text.length > 140 ? `${text.slice(0, 140)}…` : text);
}

/** y² = x³ + 7 through noble: the curve interface has no uncompressed form. */
function decompress(network: Network, bytes: Uint8Array): Uint8Array {
  network.curves.secp256k1.decodePoint(bytes);
  return secp256k1.Point.fromBytes(bytes).toBytes(false);
}

function compress(uncompressed: Uint8Array): Uint8Array {
  const parity = ((uncompressed[UNCOMPRESSED_BYTES - 1] as number) & 1) + 2;
  return Uint8Array.from([parity, ...uncompressed.slice(1, COMPRESSED_BYTES)]);
}

function unknownKey(what: string): SdkError {
  return new SdkError(`No key of this network is known as ${what}.`, {
    code: 'sdk/unknown-key',
    fault: 'caller',
    hint: 'Give the token id (0x… or decimal) or the secp256k1 public key (hex) of a key that was minted here.',
  });
}

function foreignKey(tokenId: string): SdkError {
  return new SdkError(`The public key of ${tokenId} on chain does not follow from the network's root key.`, {
    code: 'sdk/unknown-key',
    fault: 'environment',
    hint: 'The contracts at this directory are not those of a Keymesh network; check the address.',
  });
}
