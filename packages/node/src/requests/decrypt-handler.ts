import { type RandomSource, toHex, utf8 } from '@keymesh/foundation';
import {
  conditionsDenied,
  conditionsOfRequest,
  decryptionResource,
  evaluate,
  hashConditions,
  identityOf,
  planFacts,
} from '@keymesh/protocol/conditions';
import { decryptRequestIdentity, type RequestOf, type ResponseOf } from '@keymesh/protocol/routes';
import { capability } from '@keymesh/protocol/sessions';
import { type BlsBackend, partialSign } from '@keymesh/threshold/bls';
import type { FactSource } from '../conditions/fact-source.ts';
import type { RequestContext } from '../http/handlers.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Authorization } from './authorization.ts';
import type { RequestIds } from './request-ids.ts';
import type { ServingEpoch } from './serving-epoch.ts';

export interface DecryptHandlerModules {
  readonly authorization: Authorization;
  readonly requestIds: RequestIds;
  readonly facts: FactSource;
  readonly bls: BlsBackend;
  readonly random: RandomSource;
  readonly metrics: Metrics;
  /** @throws NodeError `node/not-ready`, `wire/stale-epoch`. */
  readonly serving: (epoch: number) => ServingEpoch;
}

export type DecryptHandler = (request: RequestOf<'decrypt'>, context: RequestContext) => Promise<ResponseOf<'decrypt'>>;

/**
 * Gives out this node's share of the decryption key of one identity, if the caller satisfies the conditions that the
 * identity is made of. The conditions that are judged and those that are hashed are the same parsed object.
 */
export function createDecryptHandler(modules: DecryptHandlerModules): DecryptHandler {
  const { authorization, requestIds, facts, bls, random, metrics, serving } = modules;
  return async (request, context) => {
    serving(request.epoch);
    const conditions = conditionsOfRequest(request);
    const conditionsHash = hashConditions(conditions);
    const resource = decryptionResource(conditionsHash, request.dataToEncryptHash);
    const caller = authorization.caller(request.authSig, capability('access-control-condition-decryption', resource));
    const { chain, dataToEncryptHash } = request;
    const identity = decryptRequestIdentity(caller.wallet, {
      ...{ conditionsHash, dataToEncryptHash, chain },
      epoch: request.epoch,
    });
    requestIds.claim(caller.wallet, request.requestId, identity);
    const asked = {
      userAddress: caller.session.wallet,
      parameters: caller.session.delegation.parameters,
    };
    const found = await facts.read(planFacts(conditions, asked));
    const { satisfied, explanation } = evaluate(conditions, found.answers, asked);
    if (!satisfied) throw conditionsDenied(explanation);
    // Only now: while the chains were asked the epoch may have ended, and its shares are wiped then.
    const epoch = serving(request.epoch);
    const message = utf8(identityOf(conditionsHash, dataToEncryptHash));
    const { value } = partialSign(bls, epoch.self, epoch.root('bls12381-decryption').share, message, random);
    metrics.decryptionShares.inc();
    context.logger.info('decryption.share-given', { resource, clientRequestId: request.requestId });
    return { party: epoch.self, share: toHex(value), blocks: found.blocks };
  };
}
