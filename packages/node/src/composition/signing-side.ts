import type { Clock, RandomSource } from '@keymesh/foundation';
import type { BlsBackend } from '@keymesh/threshold/bls';
import type { Curves } from '@keymesh/threshold/curves';
import type { NodeConfig } from '../config/config.ts';
import type { EpochCoordinator } from '../epochs/epoch-coordinator.ts';
import { errorFields, type Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { ServingEpoch } from '../requests/serving-epoch.ts';
import type { BurntPairs } from '../signing/burnt-pairs.ts';
import { SigningService } from '../signing/signing-service.ts';
import type { MakerEvent } from '../stock/maker-events.ts';
import { ThreadedMaker } from '../stock/worker/threaded-maker.ts';

export interface SigningSideModules {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly curves: Curves;
  readonly bls: BlsBackend;
  readonly burntPairs: BurntPairs;
  readonly coordinator: Pick<EpochCoordinator, 'onEpochChange'>;
  readonly serving: (epoch: number) => ServingEpoch;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly onFatal: (thrown: unknown) => void;
}

/** Wires what makes signatures with the other members. */
export function createSigningSide(config: Pick<NodeConfig, 'stock'>, modules: SigningSideModules): SigningService {
  const { clock, random, curves, bls, burntPairs, coordinator, serving, metrics, logger, onFatal } = modules;
  const signing = new SigningService(
    { watermarks: config.stock },
    {
      ...{ clock, random, bls, burntPairs },
      createMaker: (port) => new ThreadedMaker({ ...port, curves, onFatal }),
      observe: createStockObserver(logger, metrics),
    },
  );
  coordinator.onEpochChange((epoch) => signing.begin(epoch, serving(epoch.epoch)));
  return signing;
}

/** Writes what happens in the stock to the log and counts it. */
function createStockObserver(logger: Logger, metrics: Metrics): (event: MakerEvent) => void {
  return (event) => {
    switch (event.kind) {
      case 'made': {
        const [first] = event.preparations;
        if (first !== undefined) metrics.preparationsMade.inc({ scheme: first.scheme }, event.preparations.length);
        return;
      }
      case 'failed':
        metrics.preparationFailures.inc({ code: event.error.code });
        return logger.warn('stock.preparation-failed', {
          ...errorFields(event.error),
          ...{ scheme: event.scheme, signers: event.signers },
        });
      case 'pair-ready':
        return logger.debug('stock.pair-ready', { peer: event.peer });
      case 'pair-burnt':
        return logger.error('stock.pair-burnt', {
          peer: event.peer,
          ...(event.error === undefined ? {} : errorFields(event.error)),
        });
      case 'dropped':
        metrics.stockDrops.inc({ reason: event.reason });
        return;
    }
  };
}
