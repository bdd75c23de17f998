import { fromHex } from '@keymesh/foundation';
import { type RequestOf, type ResponseOf, signingSessionId, signRequestIdentity } from '@keymesh/protocol/routes';
import type { RequestContext } from '../http/handlers.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { SigningService } from '../signing/signing-service.ts';
import type { Authorization } from './authorization.ts';
import type { RequestIds } from './request-ids.ts';
import type { ServingEpoch } from './serving-epoch.ts';

export interface SignHandlerModules {
  readonly authorization: Authorization;
  readonly requestIds: RequestIds;
  readonly signing: Pick<SigningService, 'sign'>;
  readonly metrics: Metrics;
  /** @throws NodeError `node/not-ready`, `wire/stale-epoch`. */
  readonly serving: (epoch: number) => ServingEpoch;
}

export type SignHandler = (request: RequestOf<'sign'>, context: RequestContext) => Promise<ResponseOf<'sign'>>;

/** Gives out this node's part of a signature to a caller that may use the key. */
export function createSignHandler(modules: SignHandlerModules): SignHandler {
  const { authorization, requestIds, signing, metrics, serving } = modules;
  return async (request, context) => {
    serving(request.epoch);
    const { caller, key } = await authorization.signer(request.authSig, request.tokenId);
    // Again after every wait: the epoch may have ended, and its shares are wiped then.
    const epoch = serving(request.epoch);
    const { scheme, signers, requestId } = request;
    const identity = signRequestIdentity(caller.wallet, request);
    requestIds.claim(caller.wallet, requestId, identity);
    const partial = await signing.sign(epoch, {
      session: signingSessionId(identity, requestId),
      ...key,
      ...{ scheme, signers },
      message: fromHex(request.message),
    });
    metrics.partialSignatures.inc({ scheme });
    context.logger.info('signature.share-given', { tokenId: request.tokenId, scheme, clientRequestId: requestId });
    return { party: epoch.self, ...partial };
  };
}
