import { fromHex, toHex, utf8 } from '@keymesh/foundation';
import type { Hex } from 'viem';
import { encodeAbiParameters, keccak256 } from 'viem/utils';

/**
 * The id of a key that a program claims, by the program's own name for it (reference/action-api.md, `claimKey`).
 * @param cid of the program, CIDv0. @returns 32 bytes: keccak256 of `<cid>_<name>`.
 */
export function claimedKeyId(cid: string, name: string): Uint8Array {
  return fromHex(keccak256(utf8(`${cid}_${name}`)));
}

/** What a node says with its word for a claim. */
export interface Claim {
  readonly chainId: number;
  /** Contract that mints keys, `0x…`. */
  readonly pkpNft: string;
  /** 32 bytes. */
  readonly derivedKeyId: Uint8Array;
  /** The wallet that may mint it, `0x…`. */
  readonly claimer: string;
}

const CLAIM = [{ type: 'uint256' }, { type: 'address' }, { type: 'bytes32' }, { type: 'address' }] as const;

/**
 * What nodes sign for a claim, as a text of wallets (EIP-191) of these bytes: `PKPNFT.claimHash`. The claimer is in it,
 * because whoever sees the words in a waiting transaction could otherwise take the key.
 * @returns 32 bytes.
 */
export function claimHash({ chainId, pkpNft, derivedKeyId, claimer }: Claim): Uint8Array {
  const values = [BigInt(chainId), pkpNft as Hex, `0x${toHex(derivedKeyId)}`, claimer as Hex] as const;
  return fromHex(keccak256(encodeAbiParameters(CLAIM, values)));
}
