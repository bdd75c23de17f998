import type { Clock, KeymeshError } from '@keymesh/foundation';
import type { ChainSnapshot } from '../chain/chain.ts';
import { errorFields, type Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';

/** A trouble that lasts is logged again after so long. Milliseconds. */
const REMINDER_INTERVAL_MS = 60_000;

/** Counts and logs how it goes with the chain: troubles when they begin and now and then, not at every look. */
export class ChainLog {
  readonly #modules: { readonly clock: Clock; readonly logger: Logger; readonly metrics: Metrics };
  #trouble: { readonly code: string; readonly loggedAt: number } | undefined;

  constructor(modules: { readonly clock: Clock; readonly logger: Logger; readonly metrics: Metrics }) {
    this.#modules = modules;
  }

  snapshot(snapshot: ChainSnapshot): void {
    const { logger, metrics } = this.#modules;
    metrics.chainBlock.set(Number(snapshot.block.number));
    if (this.#trouble !== undefined) logger.info('chain.recovered', { block: snapshot.block.number.toString() });
    this.#trouble = undefined;
  }

  trouble(error: KeymeshError): void {
    const { clock, logger, metrics } = this.#modules;
    metrics.chainTroubles.inc({ code: error.code });
    const now = clock.now();
    const isKnown = this.#trouble?.code === error.code && now - this.#trouble.loggedAt < REMINDER_INTERVAL_MS;
    if (isKnown) return;
    this.#trouble = { code: error.code, loggedAt: now };
    logger.warn('chain.trouble', errorFields(error));
  }
}
