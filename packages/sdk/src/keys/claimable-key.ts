import { assertCid } from '@keymesh/protocol/cid';
import { claimedKeyId } from '@keymesh/protocol/claims';
import { invalidArgument } from '../errors.ts';
import type { NetworkOnChain } from '../network/network.ts';
import { keyOf } from './find-key.ts';
import type { Key } from './key.ts';

/**
 * The key that a program claims under a name of its own, before anybody mints it: its address can be told, and be paid
 * to. Nobody can sign with it until it is minted. Neither a node nor the chain is asked.
 *
 * @param ipfsId CIDv0 of the program. @param keyId what it passes to `Lit.Actions.claimKey`.
 * @throws ProtocolError `cid/malformed`; SdkError `sdk/invalid-argument`, `sdk/chain-inconsistent`.
 */
export function claimableKey(network: NetworkOnChain, { ipfsId, keyId }: ClaimableKeyParameters): Key {
  assertCid(ipfsId);
  // Version 1 of a short text has another hash, from which version 0 does not follow.
  if (!ipfsId.startsWith('Qm')) {
    throw invalidArgument(
      'A claimed key is named by the CIDv0 of its program.',
      'Pass the CID that begins with Qm: `keymesh action cid` prints it.',
    );
  }
  return keyOf(network, claimedKeyId(ipfsId, keyId));
}

export interface ClaimableKeyParameters {
  readonly ipfsId: string;
  readonly keyId: string;
}
