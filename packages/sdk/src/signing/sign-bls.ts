import { fromHex, type PartyIndex, toHex } from '@keymesh/foundation';
import { accountSignatureMessage, aggregate } from '@keymesh/threshold/bls';
import { rootPublicKey } from '@keymesh/threshold/public-key-package';
import type { Key } from '../keys/key.ts';
import { SIGN_TIMEOUT_MS } from '../limits.ts';
import type { Network } from '../network/network.ts';
import { callNode } from '../nodes/call-node.ts';
import { collectVerified } from '../nodes/collect-verified.ts';
import { lied } from '../nodes/node-failure.ts';
import { type Session, sessionSignature } from '../session/session.ts';
import { newRequestId } from './request-id.ts';

export interface BlsSignature {
  readonly signature: Uint8Array;
  readonly signers: readonly PartyIndex[];
  readonly culprits: readonly PartyIndex[];
}

/** A BLS signature of the network for one account: one round, any t nodes. */
export async function signBls(
  network: Network,
  request: { readonly session: Session; readonly key: Key; readonly message: Uint8Array },
): Promise<BlsSignature> {
  const { platform, bls, threshold } = network;
  const { session, key } = request;
  const message = accountSignatureMessage(BigInt(key.tokenId), request.message);
  const publicKey = rootPublicKey(network.publicKeys, 'bls12381-sessions');
  const requestId = newRequestId(platform);
  const { result, answers, culprits } = await collectVerified(network, {
    ask: async (node, signal) => {
      const answer = await callNode({
        ...{ platform, node, signal, epoch: network.epoch, timeoutMs: SIGN_TIMEOUT_MS },
        route: 'signShare',
        request: {
          authSig: sessionSignature(session, node.url, platform.now()),
          epoch: network.epoch,
          tokenId: key.tokenId,
          scheme: 'Bls12381',
          message: toHex(request.message),
          commitments: [],
          requestId,
        },
      });
      if (answer.party !== node.party) throw lied(node, 'it answers as another party');
      return fromHex(answer.share);
    },
    combine: (shares) =>
      aggregate(bls, {
        ...{ publicKey, threshold, message, random: platform.random },
        partials: shares.map(({ node, value }) => ({ party: node.party, value })),
        verifyingShares: network.sessionShares,
      }).signature,
  });
  return { signature: result, signers: answers.map(({ node }) => node.party), culprits };
}
