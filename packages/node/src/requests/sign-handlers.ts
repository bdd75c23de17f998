import { fromHex, toHex } from '@keymesh/foundation';
import { type RequestOf, type ResponseOf, signRequestIdentity } from '@keymesh/protocol/routes';
import { isSchemeOf, SCHEMES, type SchemeName } from '@keymesh/protocol/schemes';
import type { FrostScheme } from '@keymesh/threshold/frost';
import { NodeError } from '../errors.ts';
import type { RequestContext } from '../http/handlers.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Authorization } from './authorization.ts';
import { NEXT_COMMITMENTS_COUNT } from './limits.ts';
import type { RequestIds } from './request-ids.ts';
import type { ServingEpoch } from './serving-epoch.ts';
import type { SigningService } from './signing-service.ts';

export interface SignHandlerModules {
  readonly authorization: Authorization;
  readonly requestIds: RequestIds;
  readonly signing: SigningService;
  readonly metrics: Metrics;
  /** @throws NodeError `node/not-ready`, `wire/stale-epoch`. */
  readonly serving: (epoch: number) => ServingEpoch;
  /** 16 bytes as hex. */
  readonly bootId: string;
}

/** The handlers of the two routes of signing. */
export interface SignHandlers {
  signCommit(request: RequestOf<'signCommit'>, context: RequestContext): Promise<ResponseOf<'signCommit'>>;
  signShare(request: RequestOf<'signShare'>, context: RequestContext): Promise<ResponseOf<'signShare'>>;
}

export function createSignHandlers(modules: SignHandlerModules): SignHandlers {
  const { authorization, requestIds, signing, metrics, serving, bootId } = modules;
  return {
    signCommit: async (request) => {
      serving(request.epoch);
      const scheme = frostScheme(request.scheme);
      const { caller } = await authorization.signer(request.authSig, request.tokenId);
      // Again after every wait: the epoch may have ended, and its shares are wiped then.
      const epoch = serving(request.epoch);
      const commitments = signing.commit(epoch, caller.wallet, scheme, request.count);
      metrics.noncesHeld.set(signing.noncesHeld);
      return { commitments, bootId };
    },

    signShare: async (request, context) => {
      serving(request.epoch);
      const { caller, key } = await authorization.signer(request.authSig, request.tokenId);
      const epoch = serving(request.epoch);
      requestIds.claim(caller.wallet, request.requestId, signRequestIdentity(caller.wallet, request));
      const { scheme } = request;
      const message = fromHex(request.message);
      const signed = signing.sign(epoch, {
        owner: caller.wallet,
        ...key,
        scheme,
        message,
        commitments: request.commitments,
      });
      metrics.partialSignatures.inc({ scheme });
      context.logger.info('signature.share-given', {
        tokenId: request.tokenId,
        scheme,
        clientRequestId: request.requestId,
      });
      const next =
        SCHEMES[scheme].kind === 'frost' ? { nextCommitments: nextCommitments(epoch, caller.wallet, scheme) } : {};
      metrics.noncesHeld.set(signing.noncesHeld);
      return { party: epoch.self, share: toHex(signed.share), publicKey: toHex(signed.publicKey), ...next };
    },
  };

  /** A convenience: a caller who holds too many already simply gets none. */
  function nextCommitments(epoch: ServingEpoch, owner: string, scheme: SchemeName) {
    try {
      return signing.commit(epoch, owner, frostScheme(scheme), NEXT_COMMITMENTS_COUNT);
    } catch (thrown) {
      if (thrown instanceof NodeError && thrown.code === 'nonce/too-many') return [];
      throw thrown;
    }
  }
}

function frostScheme(scheme: SchemeName): FrostScheme {
  if (isSchemeOf('frost', scheme)) return scheme;
  throw new NodeError(`The scheme ${scheme} has no nonces to commit to.`, {
    code: 'wire/bad-body',
    fault: 'caller',
    hint: 'Send the request for a share at once, without commitments.',
  });
}
