import { accountSignatureMessage, aggregate } from '@keymesh/threshold/bls';
import { rootPublicKey } from '@keymesh/threshold/public-key-package';
import type { Network } from '../network/network.ts';
import { collectVerified } from '../nodes/collect-verified.ts';
import type { SetSignature } from './sign-with-set.ts';
import { createAttempt, requestShare, type SigningRequest } from './signing-request.ts';

/** A BLS signature of the network for one account: any t nodes, whose shares do not depend on each other. */
export async function signBls(network: Network, request: SigningRequest): Promise<SetSignature> {
  const { platform, bls, threshold } = network;
  const message = accountSignatureMessage(BigInt(request.key.tokenId), request.message);
  const publicKey = rootPublicKey(network.publicKeys, 'bls12381-sessions');
  const attempt = createAttempt(network, request, []);
  const { result, answers, culprits } = await collectVerified(network, {
    ask: async (node, signal) => (await requestShare(network, attempt, node, signal)).share,
    combine: (shares) =>
      aggregate(bls, {
        ...{ publicKey, threshold, message, random: platform.random },
        partials: shares.map(({ node, value }) => ({ party: node.party, value })),
        verifyingShares: network.sessionShares,
      }).signature,
  });
  return { signature: result, signers: answers.map(({ node }) => node.party), culprits };
}
