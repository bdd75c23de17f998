import { type Clock, type RandomSource, type Timer, toHex } from '@keymesh/foundation';
import type { Primitives } from '@keymesh/protocol/primitives';
import type { BlsBackend } from '@keymesh/threshold/bls';
import type { Curves } from '@keymesh/threshold/curves';
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
import { NONCE_SWEEP_INTERVAL_MS } from '../requests/limits.ts';
import { RequestIds } from '../requests/request-ids.ts';
import { createServing } from '../requests/serving-epoch.ts';
import { createSignHandlers } from '../requests/sign-handlers.ts';
import { SigningService } from '../requests/signing-service.ts';
import { VERSION } from '../version.ts';

export interface RequestSideModules {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly curves: Curves;
  readonly bls: BlsBackend;
  readonly primitives: Primitives;
  readonly identity: NodeIdentity;
  /** 16 bytes. */
  readonly bootId: Uint8Array;
  readonly chain: ViemChain;
  readonly coordinator: EpochCoordinator;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Stands between the server and the handlers; production passes none. */
  readonly interpose: ((handlers: Handlers) => Handlers) | undefined;
}

/** What answers clients. */
export interface RequestSide {
  readonly url: string;
  /** Lets requests under way end for a moment; then all nonces are destroyed. */
  stop(): Promise<void>;
}

/** Wires what answers clients and begins to listen. @throws NodeError `node/listen-failed` */
export async function startRequestSide(config: NodeConfig, modules: RequestSideModules): Promise<RequestSide> {
  const { clock, random, bls, primitives, coordinator, metrics, logger, identity } = modules;
  const signing = new SigningService({ clock, random, bls });
  coordinator.onEpochChange(() => signing.clear());
  const handlers = createHandlers(config, modules, signing);
  const httpOptions = { ...config.http, requestsPerMinute: config.requestsPerMinute };
  const server = await createHttpServer(httpOptions, {
    sealedExchange: createSealedExchange({ sealingKey: identity.sealingSecret, clock, random, primitives }),
    handlers: modules.interpose?.(handlers) ?? handlers,
    ...{ metrics, logger },
  });
  const url = await listen(server, httpOptions);
  const sweeping = every(clock, NONCE_SWEEP_INTERVAL_MS, () => {
    signing.sweep();
    metrics.noncesHeld.set(signing.noncesHeld);
  });
  return {
    url,
    stop: async () => {
      sweeping.cancel();
      await stopHttpServer(server);
      signing.clear();
    },
  };
}

function createHandlers(config: NodeConfig, modules: RequestSideModules, signing: SigningService): Handlers {
  const { clock, random, curves, bls, primitives, chain, coordinator, metrics, identity } = modules;
  const { nodeAddress, sealingKey } = identity.public;
  const bootId = toHex(modules.bootId);
  const currentEpoch = () => coordinator.currentEpoch();
  const serving = createServing(currentEpoch, curves, () => notReady(chain.latest));
  const authorization = new Authorization(() => ownEndpoint(modules), { clock, keys: chain, primitives });
  const requestIds = new RequestIds(clock);
  return {
    ...createIdentityHandlers({
      ...{ version: VERSION, bootId, nodeAddress, sealingKey, meshIdentity: identity.mesh.publicKey },
      sign: (digest) => identity.mesh.sign(digest),
      currentEpoch,
      latestSnapshot: () => chain.latest,
    }),
    ...createSignHandlers({ authorization, requestIds, signing, metrics, serving, bootId }),
    decrypt: createDecryptHandler({
      ...{ authorization, requestIds, bls, random, metrics, serving },
      facts: createViemFactSource(config.chains, { clock }),
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

function every(clock: Clock, intervalMs: number, run: () => void): Timer {
  let timer: Timer;
  const arm = (): void => {
    timer = clock.setTimer(intervalMs, () => {
      run();
      arm();
    });
  };
  arm();
  return { cancel: () => timer.cancel() };
}
