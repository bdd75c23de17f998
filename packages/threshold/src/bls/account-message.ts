import { bigintToBytes, concatBytes, utf8 } from '@keymesh/foundation';
import { ThresholdError } from '../errors.ts';

/** Separates signatures for accounts from everything else that the sessions root key signs. */
const DOMAIN = utf8('keymesh/account-signature/v1');
/** Length of a token id. Bytes. */
const TOKEN_ID_BYTES = 32;

/**
 * What the scheme `Bls12381` signs for a minted key (docs/spec/network.md §8): the domain, the token id in 32
 * big-endian bytes, and the message. The account is in the signed bytes because BLS keys are never tweaked: a
 * signature under an additive tweak could be turned into one of another account by anyone.
 *
 * @param tokenId the ERC-721 id of the key, 0 … 2^256 − 1.
 * @throws ThresholdError `bls/invalid-token-id`.
 */
export function accountSignatureMessage(tokenId: bigint, message: Uint8Array): Uint8Array {
  if (tokenId < 0n || tokenId >> BigInt(8 * TOKEN_ID_BYTES) !== 0n) {
    throw new ThresholdError('The token id is not an unsigned integer of 256 bits.', {
      code: 'bls/invalid-token-id',
      fault: 'caller',
    });
  }
  return concatBytes(DOMAIN, bigintToBytes(tokenId, TOKEN_ID_BYTES), message);
}
