import { toHex } from '@keymesh/foundation';
import { nobleBls } from '@keymesh/threshold/bls';
import { loadNativeBls } from '@keymesh/threshold/bls-native';
import { createKeyGeneration, ROUND } from '@keymesh/threshold/dkg';
import { loadNativeCurves } from '@keymesh/threshold/native';
import { privateKeyToAccount } from 'viem/accounts';
import { ViemChain } from '../chain/viem-chain.ts';
import type { NodeConfig } from '../config/config.ts';
import { EpochCoordinator } from '../epochs/epoch-coordinator.ts';
import type { Handlers } from '../http/handlers.ts';
import { exposeAccountKey } from '../identity/node-identity.ts';
import type { Logger } from '../observability/logger.ts';
import { createMetrics } from '../observability/metrics.ts';
import { createNodePrimitives } from '../primitives/openssl.ts';
import { notReady } from '../requests/identity-handlers.ts';
import { createServing } from '../requests/serving-epoch.ts';
import { VERSION } from '../version.ts';
import { ChainLog } from './chain-log.ts';
import { CommitteeNetwork, hasSameMembers } from './committee-network.ts';
import { createEpochObserver } from './epoch-log.ts';
import { systemClock, systemRandom } from './platform.ts';
import { startProgramsSide } from './programs-side.ts';
import { startRequestSide } from './request-side.ts';
import { createSigningSide } from './signing-side.ts';
import { openStorage, type Storage } from './storage.ts';

const BOOT_ID_BYTES = 16;

/** A running node. */
export interface RunningNode {
  /** Where clients reach it. */
  readonly url: string;
  /** Ends it in the reverse order of its start; secrets are wiped. May be called again. */
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
 * Opens the data directory and starts a node on it.
 * @throws NodeError `store/…`, `identity/…`, `chain/…`, `node/listen-failed`; nothing is left open then.
 */
export async function startNode(config: NodeConfig, modules: NodeModules): Promise<RunningNode> {
  const curves = await loadNativeCurves();
  const storage = openStorage(config, { random: systemRandom, curves });
  try {
    return await startOn(storage, curves, config, modules);
  } catch (thrown) {
    storage.close();
    throw thrown;
  }
}

/** The composition root: with `request-side.ts` the one place that names concrete adapters. Start order is top to bottom. */
async function startOn(
  storage: Storage,
  curves: Awaited<ReturnType<typeof loadNativeCurves>>,
  config: NodeConfig,
  { logger, onFatal, interpose }: NodeModules,
): Promise<RunningNode> {
  const [clock, random] = [systemClock, systemRandom];
  const bootId = random(BOOT_ID_BYTES);
  const metrics = createMetrics(config.name, VERSION);
  const { identity } = storage;
  const { nodeAddress } = identity.public;
  const bls = await loadNativeBls(nobleBls);
  logger.info('node.starting', { version: VERSION, bootId: toHex(bootId), nodeAddress, bls: bls.name });

  const account = exposeAccountKey(identity, privateKeyToAccount);
  const chainLog = new ChainLog({ clock, logger, metrics });
  const chain = await ViemChain.connect(
    { rpcUrl: config.rpcUrl, directory: config.directory, pollIntervalMs: config.pollIntervalMs },
    {
      ...{ account, clock },
      onSnapshot: (snapshot) => {
        const committee = snapshot.pending?.committee ?? snapshot.active?.committee;
        if (committee !== undefined) network.follow(committee);
        coordinator.onSnapshot(snapshot);
        chainLog.snapshot(snapshot);
        metrics.peersConnected.set(network.connectedPeers.length);
      },
      onTrouble: (error) => chainLog.trouble(error),
    },
  );
  const network = new CommitteeNetwork(
    { listen: config.mesh, rounds: ROUND.confirm },
    {
      ...{ meshIdentity: identity.mesh, clock, random, logger, onFatal },
      onPeerBoot: (peer, peerBootId, previous) => coordinator.onPeerBoot(peer, peerBootId, previous),
      speaker: {
        join: (messenger, boot, committee) => {
          signing.join(messenger, boot, (epoch) => hasSameMembers(committee, epoch.committee));
          programs.rounds.join(messenger);
        },
        leave: async () => {
          programs.rounds.leave();
          await signing.leave();
        },
      },
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
  const serving = createServing(
    () => coordinator.currentEpoch(),
    curves,
    () => notReady(chain.latest),
  );
  const signing = createSigningSide(config, {
    ...{ clock, random, curves, bls, burntPairs: storage.burntPairs, coordinator, serving, metrics, logger, onFatal },
  });
  const programs = startProgramsSide(config, {
    ...{ clock, keys: chain, logger },
    signClaim: (claim) => chain.signClaim(claim),
  });
  const primitives = createNodePrimitives();
  const requestSide = await startRequestSide(config, {
    ...{ clock, random, bls, primitives, identity, bootId, chain, coordinator, serving, signing, programs },
    ...{ metrics, logger, interpose },
  });
  chain.start();
  logger.info('node.started', { url: requestSide.url });

  const stop = async (): Promise<void> => {
    logger.info('node.stopping');
    chain.stop();
    await requestSide.stop();
    await programs.stop();
    coordinator.stop();
    await network.stop();
    storage.close();
    logger.info('node.stopped');
  };
  let stopping: Promise<void> | undefined;
  return {
    url: requestSide.url,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}
