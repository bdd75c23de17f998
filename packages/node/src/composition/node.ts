import { toHex } from '@keymesh/foundation';
import { nobleBls } from '@keymesh/threshold/bls';
import { loadNativeBls } from '@keymesh/threshold/bls-native';
import { createKeyGeneration, ROUND } from '@keymesh/threshold/dkg';
import { loadNativeCurves } from '@keymesh/threshold/native';
import { privateKeyToAccount } from 'viem/accounts';
import { ViemChain } from '../chain/viem-chain.ts';
import { createViemFactSource } from '../conditions/viem-facts.ts';
import type { NodeConfig } from '../config/config.ts';
import { EpochCoordinator } from '../epochs/epoch-coordinator.ts';
import type { Handlers } from '../http/handlers.ts';
import { createSealedExchange } from '../http/sealed-exchange.ts';
import { createHttpServer, listen } from '../http/server.ts';
import { exposeAccountKey } from '../identity/node-identity.ts';
import { errorFields, type Logger } from '../observability/logger.ts';
import { createMetrics } from '../observability/metrics.ts';
import { Authorization } from '../requests/authorization.ts';
import { createDecryptHandler } from '../requests/decrypt-handler.ts';
import { createIdentityHandlers, notReady } from '../requests/identity-handlers.ts';
import { createServing } from '../requests/serving-epoch.ts';
import { createSignHandlers } from '../requests/sign-handlers.ts';
import { SigningService } from '../requests/signing-service.ts';
import { VERSION } from '../version.ts';
import { CommitteeNetwork } from './committee-network.ts';
import { createEpochObserver } from './epoch-log.ts';
import { systemClock, systemRandom } from './platform.ts';
import { openStorage } from './storage.ts';

const BOOT_ID_BYTES = 16;

/** A running node. */
export interface RunningNode {
  /** Where clients reach it. */
  readonly url: string;
  /** Ends it in the reverse order of its start; secrets are wiped. */
  stop(): Promise<void>;
}

export interface NodeModules {
  readonly logger: Logger;
  /** Something without which the node cannot go on failed after the start. */
  readonly onFatal: (thrown: unknown) => void;
  /** Stands between the server and the handlers. For tests of clients against nodes that lie; production passes none. */
  readonly interpose?: (handlers: Handlers) => Handlers;
}

/**
 * The composition root: the one place that names concrete adapters. Start order is top to bottom.
 * @throws NodeError `store/…`, `identity/…`, `chain/…`, `node/listen-failed`.
 */
export async function startNode(config: NodeConfig, modules: NodeModules): Promise<RunningNode> {
  const { logger, onFatal } = modules;
  const clock = systemClock;
  const random = systemRandom;
  const bootId = toHex(random(BOOT_ID_BYTES));
  const metrics = createMetrics(config.name);
  const [curves, bls] = await Promise.all([loadNativeCurves(), loadNativeBls(nobleBls)]);
  const storage = openStorage(config, { random, curves });
  const { identity } = storage;
  const { nodeAddress, sealingKey } = identity.public;
  logger.info('node.starting', { version: VERSION, bootId, nodeAddress, bls: bls.name });

  const chain = await ViemChain.connect(
    { rpcUrl: config.rpcUrl, directory: config.directory, pollIntervalMs: config.pollIntervalMs },
    {
      account: exposeAccountKey(identity, privateKeyToAccount),
      clock,
      onSnapshot: (snapshot) => {
        metrics.chainBlock.set(Number(snapshot.block.number));
        const committee = snapshot.pending?.committee ?? snapshot.active?.committee;
        if (committee !== undefined) network.follow(committee);
        coordinator.onSnapshot(snapshot);
        metrics.peersConnected.set(network.connectedPeers.length);
      },
      onUnreachable: (error) => logger.warn('chain.unreachable', errorFields(error)),
    },
  );
  const network = new CommitteeNetwork(
    { listen: config.mesh, rounds: ROUND.confirm },
    {
      ...{ meshIdentity: identity.mesh, clock, random, logger, onFatal },
      onPeerBoot: (peer, peerBootId, previous) => coordinator.onPeerBoot(peer, peerBootId, previous),
    },
  );
  const coordinator = new EpochCoordinator(
    { nodeAddress, times: { roundTimeoutMs: config.keygenRoundTimeoutMs } },
    {
      ...{ clock, random, curves, createKeyGeneration, store: storage.epochs, transactions: chain },
      openBroadcast: (executionId, participants) => network.openBroadcast(executionId, participants),
      observe: createEpochObserver(logger, metrics),
    },
  );

  const signing = new SigningService({ clock, random, bls });
  coordinator.onEpochChange(() => signing.clear());
  const serving = createServing(
    () => coordinator.currentEpoch(),
    curves,
    () => notReady(chain.latest),
  );
  const authorization = new Authorization(() => ownEndpoint(chain, nodeAddress), { clock, keys: chain });
  const handlers: Handlers = {
    ...createIdentityHandlers({
      ...{ version: VERSION, bootId, nodeAddress, sealingKey, meshIdentity: identity.mesh.publicKey },
      sign: (digest) => identity.mesh.sign(digest),
      currentEpoch: () => coordinator.currentEpoch(),
      latestSnapshot: () => chain.latest,
    }),
    ...createSignHandlers({ clock, authorization, signing, metrics, serving, bootId }),
    decrypt: createDecryptHandler({
      ...{ authorization, bls, random, metrics, serving },
      facts: createViemFactSource(config.chains),
    }),
  };
  const sealedExchange = createSealedExchange({ sealingKey: identity.sealingSecret, clock, random });
  const httpOptions = { ...config.http, requestsPerMinute: config.requestsPerMinute };
  const server = await createHttpServer(httpOptions, {
    ...{ sealedExchange, metrics, logger },
    handlers: modules.interpose?.(handlers) ?? handlers,
  });
  const url = await listen(server, httpOptions);
  chain.start();
  logger.info('node.started', { url });

  return {
    url,
    stop: async () => {
      logger.info('node.stopping');
      chain.stop();
      await server.close();
      signing.clear();
      coordinator.stop();
      await network.stop();
      storage.close();
      logger.info('node.stopped');
    },
  };
}

/** The address that sessions for this node must name: what clients see on the chain. */
function ownEndpoint(chain: ViemChain, nodeAddress: string): string {
  const committee = chain.latest?.active?.committee;
  const own = committee?.members.find((member) => member.nodeAddress === nodeAddress.toLowerCase());
  if (own === undefined) throw notReady(chain.latest);
  return own.endpoint;
}
