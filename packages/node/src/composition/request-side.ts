import { type Clock, type RandomSource, toHex } from '@keymesh/foundation';
import type { Primitives } from '@keymesh/protocol/primitives';
import type { BlsBackend } from '@keymesh/threshold/bls';
import type { ViemChain } from '../chain/viem-chain.ts';
import { createViemFactSource } from '../conditions/viem-facts.ts';
import type { NodeConfig } from '../config/config.ts';
import type { EpochCoordinator } from '../epochs/epoch-coordinator.ts';
import type { Handlers } from '../http/handlers.ts';
import { createSealedExchange } from '../http/sealed-exchange.ts';
import { createHttpServer, listen, stopHttpServer } from '../http/server.ts';
import type { NodeIdentity } from '../identity/node-identity.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { Authorization } from '../requests/authorization.ts';
import { createDecryptHandler } from '../requests/decrypt-handler.ts';
import { createIdentityHandlers, notReady } from '../requests/identity-handlers.ts';
import { RequestIds } from '../requests/request-ids.ts';
import type { ServingEpoch } from '../requests/serving-epoch.ts';
import { createSignHandler } from '../requests/sign-handler.ts';
import type { SigningService } from '../signing/signing-service.ts';
import { PREPARED_SCHEMES } from '../stock/preparation.ts';
import { VERSION } from '../version.ts';
import type { ProgramsSide } from './programs-side.ts';

export interface RequestSideModules {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly bls: BlsBackend;
  readonly primitives: Primitives;
  readonly identity: NodeIdentity;
  /** 16 bytes. */
  readonly bootId: Uint8Array;
  readonly chain: ViemChain;
  readonly coordinator: EpochCoordinator;
  /** @throws NodeError `node/not-ready`, `wire/stale-epoch`. */
  readonly serving: (epoch: number) => ServingEpoch;
  readonly signing: SigningService;
  readonly programs: ProgramsSide;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Stands between the server and the handlers; production passes none. */
  readonly interpose: ((handlers: Handlers) => Handlers) | undefined;
}

/** What answers clients. */
export interface RequestSide {
  readonly url: string;
  /** Lets requests under way end for a moment. */
  stop(): Promise<void>;
}

/** Wires what answers clients and begins to listen. @throws NodeError `node/listen-failed` */
export async function startRequestSide(config: NodeConfig, modules: RequestSideModules): Promise<RequestSide> {
  const { clock, random, primitives, metrics, logger, identity, signing } = modules;
  const handlers = createHandlers(config, modules);
  const httpOptions = { ...config.http, requestsPerMinute: config.requestsPerMinute };
  const server = await createHttpServer(httpOptions, {
    sealedExchange: createSealedExchange({ sealingKey: identity.sealingSecret, clock, random, primitives }),
    handlers: modules.interpose?.(handlers) ?? handlers,
    ...{ metrics, logger },
  });
  const url = await listen(server, httpOptions);
  metrics.countStockWith(() => {
    const { stocked } = signing;
    return PREPARED_SCHEMES.map((scheme) => [scheme, stocked.get(scheme) ?? 0]);
  });
  return { url, stop: () => stopHttpServer(server) };
}

function createHandlers(config: NodeConfig, modules: RequestSideModules): Handlers {
  const { clock, random, bls, primitives, chain, coordinator, metrics, identity, serving, signing } = modules;
  const { nodeAddress, sealingKey } = identity.public;
  const bootId = toHex(modules.bootId);
  const currentEpoch = () => coordinator.currentEpoch();
  const authorization = new Authorization(() => ownEndpoint(modules), { clock, keys: chain, primitives });
  const requestIds = new RequestIds(clock);
  const facts = createViemFactSource(config.chains, { clock });
  return {
    ...createIdentityHandlers({
      ...{ version: VERSION, bootId, nodeAddress, sealingKey, meshIdentity: identity.mesh.publicKey },
      sign: (digest) => identity.mesh.sign(digest),
      currentEpoch,
      latestSnapshot: () => chain.latest,
      hasMetMembers: () => signing.hasMetMembers,
      walls: modules.programs.walls,
    }),
    sign: createSignHandler({ authorization, requestIds, signing, metrics, serving }),
    decrypt: createDecryptHandler({
      ...{ authorization, requestIds, bls, random, metrics, serving },
      facts,
    }),
    execute: modules.programs.handlerFor({
      ...{ authorization, requestIds, signing, facts, bls, random, metrics, serving },
    }),
  };
}

/** The address that sessions for this node must name: what clients see on the chain. */
function ownEndpoint({ chain, coordinator, identity }: RequestSideModules): string {
  const committee = chain.latest?.active?.committee ?? coordinator.currentEpoch()?.committee;
  const own = committee?.members.find((member) => member.nodeAddress === identity.public.nodeAddress);
  if (own === undefined) throw notReady(chain.latest);
  return own.endpoint;
}
